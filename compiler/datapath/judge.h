/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who is at the two ends of a connection, and what their policies say of it. */
#pragma once

#include "limit.h"
#include "service.h"

static __always_inline const struct address *address_find(__u8 family, const struct ip_address *address)
{
	if (NETPOL_IPV4 && family == 4)
		return bpf_map_lookup_elem(&addresses4, &address->v4);
	if (NETPOL_IPV6 && family == 6)
		return bpf_map_lookup_elem(&addresses6, address);
	return NULL;
}

/* Who began the connection. A forwarded packet with an address of this node is nobody's that is known. */
static __always_inline const struct address *initiator_find(const struct tuple *subject, __u16 flags,
							    const struct address *destination)
{
	if (flags & CONNECTION_HAIRPIN)
		return destination;
	if (flags & CONNECTION_FORWARDED)
		return NULL;
	return address_find(subject->family, &subject->source);
}

/* The class of an address without an exact entry; 0: there is none. */
static __always_inline __u32 prefix_class(__u8 family, const struct ip_address *address)
{
	const struct prefix *prefix = NULL;

	if (NETPOL_IPV4 && family == 4) {
		struct prefix4_key key = { .length = 32, .address = address->v4 };

		prefix = bpf_map_lookup_elem(&prefixes4, &key);
	} else if (NETPOL_IPV6 && family == 6) {
		struct prefix6_key key = { .length = 128 };

		__builtin_memcpy(key.address, address, 16);
		prefix = bpf_map_lookup_elem(&prefixes6, &key);
	}
	return prefix ? prefix->class : 0;
}

/* The names that the receiver gives to the port. Tables know them by the receiver's class. */
static __always_inline void put_port_names(struct policy_input *in, const struct address *receiver)
{
	const struct port_names *names = NULL;

	if (NETPOL_PORT_NAMES && !NETPOL_TABLES && receiver && receiver->endpoint) {
		struct port_name_key key = {
			.endpoint = receiver->endpoint, .port = in->port, .protocol = in->protocol,
		};

		names = bpf_map_lookup_elem(&port_names, &key);
	}
	in->port_names = names ? names->class : 0;
}

static __always_inline void count_verdict(const struct work *work, __u32 rule)
{
	struct rule_counter *counter = bpf_map_lookup_elem(&rule_counters, &rule);

	if (counter) {
		counter->verdicts++;
		counter->bytes += work->packet.length;
	}
}

/* Asks for one end's verdict, counts it, and leaves it in the record. `charges`: it is of a new connection. */
static __always_inline __u64 ask(struct work *work, const bool ingress, const struct address *self,
				 const struct address *peer, __u32 peer_class, const bool charges)
{
	struct policy_input *in = &work->question;
	struct flow_record *record = &work->record;
	__u64 verdict;
	__u32 rule;

	in->self = self->class;
	in->peer = peer ? peer->class : peer_class;
	in->same_namespace = peer && peer->namespace_id && peer->namespace_id == self->namespace_id;
	in->isolated = !!(self->flags & (ingress ? ADDRESS_ISOLATED_INGRESS : ADDRESS_ISOLATED_EGRESS));
#if NETPOL_TIERS
	put_bucket(work, self->endpoint, ingress ? peer : self);
	verdict = limited_verdict(work, ingress, charges);
#else
	verdict = ingress ? ingress_verdict(in) : egress_verdict(in);
#endif

	rule = policy_rule(verdict);
	if (ingress) {
		record->ingress_rule = rule;
		record->ingress_verdict = policy_action(verdict);
		record->ingress_reason = policy_reason(verdict);
	} else {
		record->egress_rule = rule;
		record->egress_verdict = policy_action(verdict);
		record->egress_reason = policy_reason(verdict);
	}
	if (policy_logged(verdict))
		record->logged = 1;
	/* Of two ends that allow, the one whose rule said so is the reason; of two rules, the destination's. */
	if (!ingress || policy_action(verdict) != VERDICT_ALLOW || policy_reason(verdict) == REASON_RULE ||
	    record->egress_reason != REASON_RULE) {
		record->direction = ingress ? DIRECTION_INGRESS : DIRECTION_EGRESS;
		record->verdict = policy_action(verdict);
		record->reason = policy_reason(verdict);
	}
	/* The node's right is no verdict of a policy. */
	if (!NETPOL_TIERS || policy_reason(verdict) != REASON_HOST)
		count_verdict(work, rule);
	return verdict;
}

/* The more detailed of a sampling rate (one in so many, 0: none) and that of an end. */
static __always_inline __u32 more_detailed(__u32 rate, const struct address *end)
{
	__u32 one_in = end->observed_one_in;

	return one_in && (!rate || one_in < rate) ? one_in : rate;
}

/* A number that both directions of a connection share, on every node: over work's key. */
static __always_inline __u32 flow_hash(const struct work *work, __u8 family)
{
	const word32 *words = (const word32 *)work->key;
	__u32 hash = 0x9e3779b1;
	int count = family == 4 ? sizeof(struct connection4_key) / 4 : sizeof(struct connection6_key) / 4;
	int i;

	for (i = 0; i < (int)sizeof(struct connection6_key) / 4; i++) {
		if (i >= count)
			break;
		hash = (hash ^ words[i]) * 0x85ebca6b;
		hash ^= hash >> 15;
	}
	return hash;
}

/* Decides whether a new connection makes an event. */
static __always_inline void sample(struct work *work, __u32 one_in)
{
	if (!one_in)
		return;
	work->flags |= WORK_OBSERVED;
	connection_key(work, &work->subject);
	if (flow_hash(work, work->subject.family) % one_in == 0)
		work->flags |= WORK_SAMPLED;
}

enum judged {
	JUDGED_ALLOW,
	JUDGED_REFUSE,	/* verdict and reason are in the record */
	JUDGED_VOID,	/* an end is not the endpoint it was */
};

static __always_inline enum judged refused_because(struct work *work, enum reason reason)
{
	work->record.verdict = VERDICT_DENY;
	work->record.reason = reason;
	return JUDGED_REFUSE;
}

/* A connection begun by an endpoint of this node: its egress, and where the other end is here too, that one's ingress. */
static __always_inline enum judged judge_from_endpoint(struct work *work, const struct connection *previous,
						       const struct address *source, const struct address *destination)
{
	struct connection *fresh = &work->fresh;
	bool is_local = destination && destination->ifindex;
	__u32 class = 0;
	__u32 one_in;

	if (!source || !source->endpoint || (!previous && source->endpoint != work->endpoint))
		return refused_because(work, REASON_UNKNOWN_ENDPOINT);
	work->peer = work->endpoint == fresh->endpoint[0] ? fresh->endpoint[1] : fresh->endpoint[0];
	fresh->ifindex[0] = source->ifindex;
	fresh->ifindex[1] = is_local ? destination->ifindex : 0;
	if (fresh->endpoint[0] == fresh->endpoint[1]) {
		work->record.reason = REASON_SAME_ENDPOINT;
		return JUDGED_ALLOW;
	}
	if (!previous) {
		one_in = more_detailed(0, source);
		sample(work, is_local ? more_detailed(one_in, destination) : one_in);
	}

	if (!destination)
		class = prefix_class(work->subject.family, &work->subject.destination);
	if (policy_action(ask(work, false, source, destination, class, !previous)) != VERDICT_ALLOW)
		return JUDGED_REFUSE;
	if (!is_local)
		return JUDGED_ALLOW;
	fresh->flags |= CONNECTION_INGRESS;
	if (policy_action(ask(work, true, destination, source, 0, !previous)) != VERDICT_ALLOW)
		return JUDGED_REFUSE;
	return JUDGED_ALLOW;
}

/* A connection that came by the host's stack, or by an uplink: the ingress of the endpoint it goes to. */
static __always_inline enum judged judge_to_endpoint(struct work *work, const struct connection *previous,
						     const struct address *source, const struct address *destination)
{
	struct connection *fresh = &work->fresh;
	const struct address *self = destination;
	__u8 family = work->subject.family;
	__u32 class = 0;

	work->record.direction = DIRECTION_INGRESS;
	work->peer = fresh->endpoint[0];
	/* Multicast, or an address that is routed through the endpoint: the endpoint is judged all the same. */
	if (!previous && (!self || self->endpoint != work->endpoint)) {
		struct ip_address own = work->own6;

		if (family == 4)
			own.v4 = work->own4;
		self = address_find(family, &own);
	}
	if (!self || !self->endpoint)
		return refused_because(work, REASON_UNKNOWN_ENDPOINT);
	/* What comes by an uplink goes straight there. */
	if (destination)
		fresh->ifindex[1] = destination->ifindex;
	if (NETPOL_SERVICES && fresh->flags & CONNECTION_OUTSIDE)
		fresh->ifindex[0] = DEVICE_BY_ROUTE;
	/* A rule of the admin tier alone may take the node's right from it. */
	if (!NETPOL_TIERS && fresh->flags & CONNECTION_FROM_HOST) {
		work->record.reason = REASON_HOST;
		return JUDGED_ALLOW;
	}
	if (source && source->endpoint == self->endpoint) {
		work->record.reason = REASON_SAME_ENDPOINT;
		return JUDGED_ALLOW;
	}
	if (NETPOL_TIERS)
		work->question.from_host = !!(fresh->flags & CONNECTION_FROM_HOST);
	if (!previous && !(NETPOL_TIERS && fresh->flags & CONNECTION_FROM_HOST))
		sample(work, more_detailed(0, self));

	if (!source)
		class = prefix_class(family, &work->subject.source);
	if (policy_action(ask(work, true, self, source, class, !previous)) != VERDICT_ALLOW)
		return JUDGED_REFUSE;
	return JUDGED_ALLOW;
}

/*
 * Judges work->subject for work->fresh, whose flags say how the connection came to be, and completes fresh: ends,
 * devices. `previous`, if any, is the entry that is judged anew. `moment` was read before anything is looked up here: what
 * changes meanwhile is of a later epoch than the verdict.
 */
static __always_inline enum judged judge(struct work *work, const struct connection *previous, struct moment moment)
{
	const struct tuple *subject = &work->subject;
	struct connection *fresh = &work->fresh;
	struct policy_input *in = &work->question;
	const struct address *source, *destination;

	destination = address_find(subject->family, &subject->destination);
	source = initiator_find(subject, fresh->flags, destination);

	in->half = moment.policy & 1;
	fresh->epoch = moment.epoch;
	fresh->endpoint[0] = source ? source->endpoint : 0;
	fresh->endpoint[1] = destination ? destination->endpoint : 0;
	if (!(fresh->flags & CONNECTION_MASQUERADED)) {
		fresh->ifindex[0] = 0;
		fresh->ifindex[1] = 0;
	}
	fresh->service = in->service;
	if (previous && (previous->endpoint[0] != fresh->endpoint[0] || previous->endpoint[1] != fresh->endpoint[1]))
		return JUDGED_VOID;

	in->protocol = subject->protocol;
	in->family = subject->family;
	in->port = has_ports(subject->protocol) ? bpf_ntohs(subject->destination_port) : 0;
	put_port_names(in, destination);
	if (NETPOL_TIERS)
		in->from_host = 0;

	if (fresh->flags & CONNECTION_EGRESS)
		return judge_from_endpoint(work, previous, source, destination);
	if (NETPOL_SERVICES && fresh->flags & CONNECTION_MASQUERADED) {
		work->record.reason = REASON_FORWARDED;
		return JUDGED_ALLOW;
	}
	return judge_to_endpoint(work, previous, source, destination);
}

/*
 * The same of the entry in work->found. A global function: the verifier follows it once, not once for every way on which a program
 * comes to it. Answers an enum judged.
 */
__noinline int judge_found(struct work *work, __u32 epoch, __u32 policy)
{
	struct moment moment = { .epoch = epoch, .policy = policy };

	return work ? judge(work, &work->found, moment) : JUDGED_VOID;
}
