/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one exit: finish() leaves the decision in `flow_record`, counts a drop, and writes the event where one is due. */
#pragma once

#include "maps.h"
#include "parse_slow.h"

static __always_inline void put_address(__u8 *out, __u8 family, const struct ip_address *address)
{
	__builtin_memset(out, 0, 16);
	if (family == 4)
		__builtin_memcpy(out, &address->v4, 4);
	else if (family == 6)
		__builtin_memcpy(out, address, 16);
}

static __always_inline void write_event(const struct work *work)
{
	const struct flow_record *record = &work->record;
	const struct packet *packet = &work->packet;
	const struct tuple *tuple = &packet->tuple;
	bool ports = has_ports(tuple->protocol);
	struct flow_event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return;
	event->time = bpf_ktime_get_ns();
	event->generation = work->generation;
	event->rule = record->direction == DIRECTION_INGRESS ? record->ingress_rule : record->egress_rule;
	event->endpoint = record->direction == DIRECTION_INGRESS && !(work->flags & WORK_INGRESS) && work->peer ?
			  work->peer : work->endpoint;
	event->peer = event->endpoint == work->endpoint ? work->peer : work->endpoint;
	event->epoch = event->rule ? work->fresh.epoch : 0;
	event->reserved = 0;
	event->ifindex = work->device;
	event->service = record->service;
	put_address(event->source, tuple->family, &tuple->source);
	put_address(event->destination, tuple->family, &tuple->destination);
	put_address(event->backend, record->service ? tuple->family : 0, &work->backend);
	event->source_port = ports ? tuple->source_port : bpf_htons(packet->icmp_type);
	event->destination_port = ports ? tuple->destination_port : bpf_htons(packet->icmp_code);
	event->backend_port = record->service ? work->backend_port : 0;
	event->length = packet->length > 0xffff ? 0xffff : packet->length;
	event->family = tuple->family;
	event->protocol = tuple->protocol;
	event->verdict = record->verdict;
	event->reason = record->reason;
	event->direction = record->direction;
	event->flags = (record->logged ? EVENT_LOG : 0) | (work->flags & WORK_SAMPLED ? EVENT_SAMPLED : 0) |
		       (work->flags & WORK_REPLY ? EVENT_REPLY : 0);
	event->tcp_flags = packet->tcp_flags;
	event->exit = record->exit;
	bpf_ringbuf_submit(event, 0);
}

static __always_inline void count_drop(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&drop_reasons, &reason);

	if (count)
		++*count;
}

/* Where the container's own programs end: a packet of a known connection that nothing need be said about. */
static __always_inline int finish_established(enum exit exit, __u32 ifindex, __u32 service, int code)
{
	__u32 zero = 0;
	struct flow_record *record = bpf_map_lookup_elem(&flow_record, &zero);

	if (record) {
		__builtin_memset(record, 0, sizeof(*record));
		record->verdict = VERDICT_ALLOW;
		record->reason = REASON_ESTABLISHED;
		record->exit = exit;
		record->ifindex = ifindex;
		record->service = service;
	}
	return code;
}

/* A drop of which nothing more is known: no event is made. */
static __always_inline int drop_unseen(enum reason reason)
{
	__u32 zero = 0;
	struct flow_record *record = bpf_map_lookup_elem(&flow_record, &zero);

	if (record) {
		__builtin_memset(record, 0, sizeof(*record));
		record->verdict = VERDICT_DENY;
		record->reason = reason;
		record->exit = EXIT_DROP;
	}
	count_drop(reason);
	return TC_ACT_SHOT;
}

/* Ends the packet's way; `code` is what the hook returns. */
static __always_inline int finish(struct work *work, enum exit exit, int code)
{
	__u32 zero = 0;
	struct flow_record *record = bpf_map_lookup_elem(&flow_record, &zero);
	bool dropped = exit == EXIT_DROP || exit == EXIT_REJECT;

	work->record.exit = exit;
	if (record)
		*record = work->record;
	if (dropped)
		count_drop(work->record.reason);
	if (work->record.logged || work->flags & WORK_SAMPLED || (NETPOL_OBSERVE_DROPS && dropped))
		write_event(work);
	return code;
}

/* Of what comes by an uplink and is none of ours: the next program, and the host's stack. */
static __always_inline int pass_by(struct work *work)
{
	work->record.verdict = VERDICT_NONE;
	work->record.reason = REASON_NONE;
	return finish(work, EXIT_STACK, TC_ACT_UNSPEC);
}

/* Refuses the packet, told or untold: `reject` counts, reports and answers. Main functions only (tail call). */
static __always_inline int refuse(struct __sk_buff *skb, struct work *work, enum verdict verdict, enum reason reason)
{
	work->record.verdict = verdict;
	work->record.reason = reason;
	bpf_tail_call(skb, &programs, PROGRAM_REJECT);
	count_drop(reason);
	return TC_ACT_SHOT;
}
