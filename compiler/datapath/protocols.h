/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Wire formats that the kernel's user-space headers lack, or have only beside the C library's socket headers. */
#pragma once

#include <linux/types.h>

/* AF_INET and AF_INET6 of <sys/socket.h>. */
#define FAMILY_IPV4			2
#define FAMILY_IPV6			10

/* RFC 792, RFC 4443 */
struct icmp_header {
	__u8 type;
	__u8 code;
	__u16 checksum;
	__be16 id;		/* echo; else the second half of what depends on the type */
	__be16 sequence;
};

#define ICMP_ECHO_REPLY			0
#define ICMP_UNREACHABLE		3
#define ICMP_SOURCE_QUENCH		4
#define ICMP_ECHO_REQUEST		8
#define ICMP_TIME_EXCEEDED		11
#define ICMP_PARAMETER_PROBLEM		12

#define ICMPV6_UNREACHABLE		1
#define ICMPV6_TOO_BIG			2
#define ICMPV6_PARAMETER_PROBLEM	4
#define ICMPV6_ECHO_REQUEST		128
#define ICMPV6_ECHO_REPLY		129

/* RFC 4861 */
#define ND_ROUTER_SOLICIT		133
#define ND_ROUTER_ADVERT		134
#define ND_NEIGHBOUR_SOLICIT		135
#define ND_NEIGHBOUR_ADVERT		136
#define ND_REDIRECT			137

/* RFC 2710, RFC 3810 */
#define MLD_QUERY			130
#define MLD_REPORT			131
#define MLD_DONE			132
#define MLD2_REPORT			143

/* RFC 826, for Ethernet and IPv4. */
#define ARP_ETHERNET	1
#define ARP_REQUEST	1

struct arp_ipv4 {
	__be16 hardware;
	__be16 protocol;
	__u8 hardware_length;
	__u8 protocol_length;
	__be16 operation;
	__u8 sender_mac[6];
	__u8 sender[4];
	__u8 target_mac[6];
	__u8 target[4];
};

/* RFC 8200, 4 */
#define IPPROTO_HOPOPTS		0
#define IPPROTO_ROUTING		43
#define IPPROTO_FRAGMENT	44
#define IPPROTO_ICMPV6		58
#define IPPROTO_DSTOPTS		60

/* What all extension headers begin with; the last fields are those of fragment and routing headers. */
struct ipv6_extension {
	__u8 next;
	__u8 length;		/* in units of 8 bytes beyond the first (AH: of 4 bytes, less 2) */
	__u8 type;		/* fragment: offset, high byte */
	__u8 segments_left;	/* fragment: offset, low bits, and "more" */
	__be32 id;
};

/* RFC 9260, 3.2 and 3.3: the first chunk follows the 12 bytes of common header. */
#define SCTP_HEADER		12
#define SCTP_INIT		1
#define SCTP_ABORT		6
#define SCTP_SHUTDOWN		7
#define SCTP_SHUTDOWN_ACK	8
#define SCTP_SHUTDOWN_COMPLETE	14
