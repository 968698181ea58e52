/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * SCTP's checksum after a change of ports, without reading the packet. CRC32c is linear: the checksum of what changed
 * (the exclusive or of old and new, then zeros to the packet's end) is what the checksum changes by. Zeros are passed
 * over by multiplying with x^(8 * count) modulo the polynomial, in its reflected form (RFC 9260, appendix A).
 */
#pragma once

#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#define CRC32C_POLYNOMIAL 0x82f63b78

/* x^(8 * 2^k), k = 0 .. 15 */
static const __u32 crc32c_powers[16] = {
	0x00800000, 0x00008000, 0x82f63b78, 0x6ea2d55c, 0x18b8ea18, 0x510ac59a, 0xb82be955, 0xb8fdb1e7,
	0x88e56f72, 0x74c360a4, 0xe4172b16, 0x0d65762a, 0x35d73a62, 0x28461564, 0xbf455269, 0xe2ea32dc,
};

/* a * b. Global, so that the verifier walks its loop once. */
__noinline __u32 crc32c_multiply(__u32 a, __u32 b)
{
	__u32 product = 0;
	int i;

	for (i = 0; i < 32; i++) {
		product ^= b & -(a >> 31);
		a <<= 1;
		b = b >> 1 ^ (CRC32C_POLYNOMIAL & -(b & 1));
	}
	return product;
}

/*
 * What the checksum of a packet of `length` bytes changes by when its first four bytes change by `difference`; both in
 * the order of their bytes in the packet, as a little-endian machine reads them.
 */
static __always_inline __u32 crc32c_change(__u32 difference, __u32 length)
{
	int i;

	for (i = 0; i < 16; i++)
		if (length >> i & 1)
			difference = crc32c_multiply(difference, crc32c_powers[i]);
	return difference;
}
