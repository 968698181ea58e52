/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The container's own programs: parse, source check, one look-up, deliver. No policy is in them, nothing is written to
 * the packet (a direct write would put an unclone test before the whole program), and whatever is not plain is handed
 * over to a shared program.
 */
#pragma once

#include "redirect.h"

volatile const struct endpoint_constants endpoint __attribute__((section(".rodata.endpoint"), used));

/* The container whose code this is: frozen constants, or in a provisional program an entry of endpoint_constants. */
typedef const volatile struct endpoint_constants self_t;

/* More addresses a family are right too, but slow finds that out, by `addresses`. */
#define FAST_OWN_ADDRESSES 2

static __always_inline bool is_own4(self_t *self, __be32 address)
{
	int i;

	unroll
	for (i = 0; i < FAST_OWN_ADDRESSES; i++)
		if (i < self->addresses4 && address == self->address4[i])
			return true;
	return false;
}

static __always_inline bool is_own6(self_t *self, const struct ip_address *address)
{
	int i;

	unroll
	for (i = 0; i < FAST_OWN_ADDRESSES; i++) {
		const volatile word64 *own = (const volatile word64 *)self->address6[i];

		if (i < self->addresses6 && address->halves[0] == own[0] && address->halves[1] == own[1])
			return true;
	}
	return false;
}

/* Tells the shared programs whose packet this is, and lets `program` decide it. */
static __always_inline int hand_over(struct __sk_buff *skb, struct work *work, self_t *self, __u32 program,
				     const bool ingress)
{
	__builtin_memset(&work->record, 0, sizeof(work->record));
	work->endpoint = self->endpoint;
	work->device = self->ifindex;
	work->generation = self->generation;
	work->peer = 0;
	*(word32 *)work->mac = *(const volatile word32 *)self->mac;
	work->mac[4] = self->mac[4];
	work->mac[5] = self->mac[5];
	if (ingress) {
		const volatile word64 *own6 = (const volatile word64 *)self->address6[0];

		work->record.direction = DIRECTION_INGRESS;
		work->own4 = self->address4[0];
		work->own6.halves[0] = own6[0];
		work->own6.halves[1] = own6[1];
	}
	bpf_tail_call(skb, &programs, program);
	count_drop(REASON_NOT_READY);
	return TC_ACT_SHOT;
}

/* `out`: the live connection that the packet is of, or else NULL and the shared program that decides is returned. */
static __always_inline __u32 fast_path(struct work *work, const bool ingress, struct connection **out, bool *reply)
{
	const __u32 judge = ingress ? PROGRAM_NEW_INGRESS : PROGRAM_NEW_CONNECTION;
	const struct state *state = current_state();
	struct packet *packet = &work->packet;
	struct connection *connection;
	__u32 sender, time;

	sender = connection_key(work, &packet->tuple);
	connection = connection_at_key(work, packet->tuple.family);
	*out = NULL;
	if (!connection)
		work->flags = WORK_UNKNOWN | (ingress ? WORK_INGRESS : 0);
	if (!connection || !state)
		return judge;
	if (NETPOL_SERVICES && connection->flags & (CONNECTION_FORWARD | CONNECTION_TRANSLATED))
		return PROGRAM_TRANSLATE;

	time = now(work);
	*reply = is_reply(connection, sender);
	if (connection->epoch != state->epoch || !connection_lives(connection, packet->tuple.protocol, time) ||
	    opens_anew(connection, packet, *reply))
		return judge;
	connection_touch(connection, packet, *reply, time);
	*out = connection;
	return judge;
}

/* In a provisional program: the container of the slot that the stub left in cb[1]. */
static __always_inline self_t *provisional_self(struct __sk_buff *skb)
{
	__u32 slot = skb->cb[1];

	return bpf_map_lookup_elem(&endpoint_constants, &slot);
}
