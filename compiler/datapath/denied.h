/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What was denied last. Who is denied tries again, and a scan tries the same ports of many: each such packet gets the
 * verdict that the last one got, without being judged. An entry is of one epoch and of all that the verdict depends on,
 * so it is the verdict and no guess; and of one CPU, so it is never seen half written.
 */
#pragma once

#include "judge.h"

/* What the tuple asks for, apart from the addresses. */
static __always_inline __u32 denied_traffic(const struct tuple *tuple, const bool ingress)
{
	return tuple->destination_port | tuple->protocol << 16 | tuple->family << 24 | (__u32)ingress << 31;
}

static __always_inline struct denied *denied_entry(const struct tuple *tuple, __u32 traffic)
{
	__u64 hash = traffic * 0x9e3779b97f4a7c15ULL;
	__u32 index;

	if (tuple->family == 4) {
		hash += tuple->source.v4 * 0xd6e8feb86659fd93ULL + tuple->destination.v4 * 0xa0761d6478bd642fULL;
	} else {
		hash += (tuple->source.halves[0] ^ tuple->source.halves[1]) * 0xd6e8feb86659fd93ULL;
		hash += tuple->destination.halves[0] * 0xa0761d6478bd642fULL;
		hash += tuple->destination.halves[1] * 0xe7037ed1a0b428dbULL;
	}
	index = hash >> 48 & (DENIED_ENTRIES - 1);
	return bpf_map_lookup_elem(&denied, &index);
}

/* Of packets whose verdict is of address and port alone: nothing asks which packet of its connection it is. */
static __always_inline bool is_denied_alike(const struct work *work)
{
	return has_ports(work->packet.tuple.protocol) && work->packet.fragment == FRAGMENT_NONE &&
	       !(work->flags & (WORK_RELATED | WORK_OBSERVED | WORK_LIMITED));
}

/* Remembers that work->packet was denied by a policy. */
static __always_inline void denied_remember(struct work *work, const bool ingress)
{
	const struct tuple *tuple = &work->packet.tuple;
	const struct flow_record *record = &work->record;
	__u32 traffic = denied_traffic(tuple, ingress);
	struct denied *entry;

	if (!is_denied_alike(work) || record->verdict != VERDICT_DENY ||
	    (record->reason != REASON_RULE && record->reason != REASON_DEFAULT_DENY) || record->service ||
	    work->fresh.flags & (CONNECTION_FROM_HOST | CONNECTION_FORWARDED) ||
	    (ingress && work->fresh.endpoint[1] != work->endpoint))
		return;
	entry = denied_entry(tuple, traffic);
	if (!entry)
		return;
	put_address(entry->source, tuple->family, &tuple->source);
	put_address(entry->destination, tuple->family, &tuple->destination);
	entry->traffic = traffic;
	entry->epoch = work->fresh.epoch;
	entry->peer = work->peer;
	entry->egress_rule = record->egress_rule;
	entry->ingress_rule = record->ingress_rule;
	entry->reason = record->reason;
	entry->direction = record->direction;
	entry->egress_verdict = record->egress_verdict;
	entry->egress_reason = record->egress_reason;
	entry->ingress_verdict = record->ingress_verdict;
	entry->ingress_reason = record->ingress_reason;
	entry->logged = record->logged;
}

static __always_inline bool is_denied(const struct denied *entry, const struct tuple *tuple, __u32 traffic, __u32 epoch)
{
	const struct ip_address *source = (const struct ip_address *)entry->source;
	const struct ip_address *destination = (const struct ip_address *)entry->destination;

	return entry->traffic == traffic && entry->epoch == epoch && same_ip(tuple->family, source, &tuple->source) &&
	       same_ip(tuple->family, destination, &tuple->destination);
}

/* Whether work->packet is denied as one before it was; then the verdicts are counted and in the record. */
static __always_inline bool denied_again(struct work *work, __u32 epoch, const bool ingress)
{
	const struct tuple *tuple = &work->packet.tuple;
	struct flow_record *record = &work->record;
	__u32 traffic = denied_traffic(tuple, ingress);
	const struct denied *entry;

	if (!is_denied_alike(work))
		return false;
	entry = denied_entry(tuple, traffic);
	if (!entry || !is_denied(entry, tuple, traffic, epoch))
		return false;
	record->egress_rule = entry->egress_rule;
	record->ingress_rule = entry->ingress_rule;
	record->verdict = VERDICT_DENY;
	record->reason = entry->reason;
	record->direction = entry->direction;
	record->egress_verdict = entry->egress_verdict;
	record->egress_reason = entry->egress_reason;
	record->ingress_verdict = entry->ingress_verdict;
	record->ingress_reason = entry->ingress_reason;
	record->logged = entry->logged;
	work->peer = entry->peer;
	work->fresh.epoch = epoch;
	if (record->egress_verdict != VERDICT_NONE)
		count_verdict(work, record->egress_rule);
	if (record->ingress_verdict != VERDICT_NONE)
		count_verdict(work, record->ingress_rule);
	return true;
}
