/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * First packets, and packets of connections whose verdict is of another epoch: the service's backend, both verdicts, the
 * connection's entries. The order is the language's order of decision.
 */
#pragma once

#include "backend_choice.h"
#include "denied.h"
#include "redirect.h"

static __always_inline bool has_changed(const struct address *end, __u32 endpoint, __u32 since)
{
	return end ? end->endpoint != endpoint || is_after(end->epoch, since) : endpoint;
}

/* Something else than policy and ends of this connection has changed: its verdict is of now. */
static __always_inline bool verdict_stands(const struct work *work, const struct connection *connection,
					   struct moment moment)
{
	const struct tuple *subject = &work->subject;
	__u32 since = connection->epoch;
	const struct address *source, *destination;

	if (is_after(moment.policy, since))
		return false;
	destination = address_find(subject->family, &subject->destination);
	source = initiator_find(subject, connection->flags, destination);
	return !has_changed(source, connection->endpoint[0], since) && !has_changed(destination, connection->endpoint[1], since);
}

/* TCP and SCTP are told; what else there is has no other way to go on than to another backend. */
static __always_inline enum judged backend_gone(struct work *work)
{
	if (work->subject.protocol != IPPROTO_TCP && work->subject.protocol != IPPROTO_SCTP)
		return JUDGED_VOID;
	work->record.verdict = VERDICT_REJECT;
	work->record.reason = REASON_BACKEND_GONE;
	return JUDGED_REFUSE;
}

/* Takes a new verdict for an entry of another epoch, or of a backend that drains, in its first packet's direction. */
static __always_inline enum judged judge_anew(struct work *work, const struct found *found, struct moment moment, __u32 time)
{
	struct connection *connection = found->connection;
	struct policy_input *in = &work->question;
	bool stands = verdict_stands(work, connection, moment);
	enum judged judged;

	if (!NETPOL_SERVICES) {
		in->service = 0;
		in->service_port = 0;
	} else if ((!stands || connection->flags & CONNECTION_DRAINING) && !service_keeps(work, time)) {
		return backend_gone(work);
	}
	/* Addresses of this node may be others by now. */
	connection->flags &= ~CONNECTION_BY_UPLINK;
	if (stands) {
		connection->epoch = moment.epoch;
		connection_update(work, work->subject.family, PLACE_FOUND);
		return JUDGED_ALLOW;
	}
	in->icmp_type = !is_icmp(&work->subject) ? 0 : work->subject.family == 4 ? ICMP_ECHO_REQUEST : ICMPV6_ECHO_REQUEST;
	in->icmp_code = connection->icmp_code;
	work->fresh = *connection;
	judged = judge_found(work, moment.epoch, moment.policy);
	if (judged != JUDGED_ALLOW)
		return judged;
	connection->ifindex[0] = work->fresh.ifindex[0];
	connection->ifindex[1] = work->fresh.ifindex[1];
	connection->service = work->fresh.service;
	connection->flags |= work->fresh.flags & CONNECTION_INGRESS;
	connection->epoch = work->fresh.epoch;
	connection_update(work, work->subject.family, PLACE_FOUND);
	return JUDGED_ALLOW;
}

/* Writes the entry, or both of a translated connection. */
static __always_inline bool remember_connection(struct work *work, __u32 time)
{
	struct connection *fresh = &work->fresh;
	const struct packet *packet = &work->packet;
	bool is_stored;

	fresh->icmp_code = packet->icmp_code;
	if (packet->tuple.protocol == IPPROTO_TCP && packet->signal != SIGNAL_OPEN)
		fresh->flags |= CONNECTION_PICKED_UP;
	connection_touch(fresh, packet->signal, false, time);
	work->place[PLACE_KEPT].way = CONNECTION_WAYS;
	if (NETPOL_SERVICES && fresh->counted)
		load_begin(work, time);
	if (NETPOL_SERVICES && fresh->flags & CONNECTION_MASQUERADED)
		work->flags |= WORK_EXCLUSIVE;
	is_stored = connection_store(work, &work->subject, time);
	work->flags &= ~WORK_EXCLUSIVE;
	if (!is_stored) {
		work->found.counted = fresh->counted;
		if (NETPOL_SERVICES)
			load_heard(work, time, true);
		return false;
	}
	work->record.new_connection = 1;
	if (!NETPOL_SERVICES || !(fresh->flags & CONNECTION_TRANSLATED))
		return true;

	work->found.counted = fresh->counted;
	fresh->counted = 0;
	fresh->flags &= CONNECTION_HAIRPIN | CONNECTION_BY_TRANSLATE | CONNECTION_BY_UPLINK | CONNECTION_OUTSIDE |
			CONNECTION_MASQUERADED;
	fresh->flags |= CONNECTION_FORWARD;
	__builtin_memcpy(fresh->translated, &work->subject.destination, 16);
	fresh->translated_port = work->subject.destination_port;
	if (fresh->flags & CONNECTION_MASQUERADED) {
		put_second(fresh, packet->tuple.family, &work->subject.source);
		fresh->masqueraded_port = work->subject.source_port;
	}
	if (connection_store(work, &packet->tuple, time))
		return true;
	load_heard(work, time, true);
	connection_forget(work, &work->subject);
	return false;
}

/* ICMP that asks nothing makes no connection: each message is judged for itself. */
static __always_inline bool makes_connection(const struct work *work)
{
	if (is_icmp(&work->packet.tuple) && work->packet.tuple.echo != ECHO_REQUEST)
		return false;
	return !(work->flags & WORK_INGRESS) || work->fresh.endpoint[1] == work->endpoint || work->fresh.flags & CONNECTION_MASQUERADED;
}

static __always_inline int begin_connection(struct __sk_buff *skb, struct work *work, const enum hook hook, __u32 time,
					     struct moment moment)
{
	const bool ingress = hook != HOOK_FROM_ENDPOINT;
	const struct tuple *tuple = &work->packet.tuple;
	struct flow_record *record = &work->record;
	struct connection *fresh = &work->fresh;

	__builtin_memset(fresh, 0, sizeof(*fresh));
	work->subject = *tuple;
	work->question.service = 0;
	work->question.service_port = 0;
	work->question.icmp_type = work->packet.icmp_type;
	work->question.icmp_code = work->packet.icmp_code;
	if (hook == HOOK_UPLINK) {
		fresh->flags = CONNECTION_INGRESS | CONNECTION_BY_UPLINK;
		if (NETPOL_SERVICES && find_backend(work, time) == SERVICE_REFUSED)
			return refuse(skb, work, record->verdict, record->reason);
		/* For none of this node's containers: the host's. */
		if (!work->endpoint && !(fresh->flags & CONNECTION_TRANSLATED))
			return pass_by(work);
	} else if (ingress) {
		const struct address *source = address_find(tuple->family, &tuple->source);

		/* A forwarded packet with an address of this node is not the node's own. */
		if (source && source->kind == ADDRESS_HOST)
			fresh->flags = skb->ingress_ifindex ? CONNECTION_FORWARDED : CONNECTION_FROM_HOST;
		fresh->flags |= CONNECTION_INGRESS;
	} else {
		fresh->flags = CONNECTION_EGRESS;
		if (NETPOL_SERVICES && (work->flags & WORK_AT_SOCKET ? find_at_socket(work) : find_backend(work, time)) == SERVICE_REFUSED)
			return refuse(skb, work, record->verdict, record->reason);
	}

	if (judge(work, NULL, moment) != JUDGED_ALLOW) {
		denied_remember(work, ingress);
		return refuse(skb, work, record->verdict, record->reason);
	}
	record->ifindex = hook == HOOK_TO_ENDPOINT ? 0 : connection_device(fresh, false);
	if (makes_connection(work) && !remember_connection(work, time))
		return refuse(skb, work, VERDICT_DENY, REASON_CONNECTION_TABLE);
	if (NETPOL_SERVICES && work->flags & WORK_AFFINE)
		stay_on_backend(work);
	if (NETPOL_SERVICES && fresh->flags & (CONNECTION_FORWARD | CONNECTION_TRANSLATED)) {
		work->target = work->subject;
		work->flags |= WORK_REWRITE;
		bpf_tail_call(skb, &programs, PROGRAM_TRANSLATE);
		return refuse(skb, work, VERDICT_DENY, REASON_NOT_READY);
	}
	return deliver(skb, work, record->ifindex);
}

/* The packet's connection has an entry that was judged under another epoch, or was, until its look-up here. */
static __always_inline int continue_connection(struct __sk_buff *skb, struct work *work, const struct found *found,
					       __u32 time, const enum hook hook)
{
	struct connection *connection = found->connection;

	work->record.verdict = VERDICT_ALLOW;
	work->record.reason = REASON_ESTABLISHED;
	/* Back to where the error is related to its connection, or the packet to its translation. */
	if (work->flags & WORK_RELATED) {
		bpf_tail_call(skb, &programs, hook == HOOK_UPLINK ? PROGRAM_UPLINK : hook == HOOK_TO_ENDPOINT ? PROGRAM_SLOW_INGRESS : PROGRAM_SLOW);
		return refuse(skb, work, VERDICT_DENY, REASON_NOT_READY);
	}
	if (NETPOL_SERVICES && connection->flags & CONNECTION_TRANSLATED) {
		work->flags |= WORK_KEPT;
		bpf_tail_call(skb, &programs, PROGRAM_TRANSLATE);
		return refuse(skb, work, VERDICT_DENY, REASON_NOT_READY);
	}
	connection_touch(connection, work->packet.signal, found->reply, time);
	if (hook == HOOK_UPLINK)
		connection->flags |= CONNECTION_BY_UPLINK;
	connection_update(work, work->subject.family, PLACE_FOUND);
	if (found->reply)
		work->flags |= WORK_REPLY;
	return deliver(skb, work, connection->ifindex[found->reply ? 0 : 1]);
}

static __always_inline int decide_new(struct __sk_buff *skb, const enum hook hook)
{
	const bool ingress = hook != HOOK_FROM_ENDPOINT;
	const struct state *state = current_state();
	struct work *work = current_work();
	const struct tuple *tuple;
	struct moment moment;
	struct found found;
	enum judged judged;
	bool may_be_new;
	__u32 time;

	if (!work || !state)
		return TC_ACT_SHOT;
	moment = current_moment(state);
	note_sockets(work, state);
	if (!parse_again(skb, work))
		return refuse(skb, work, VERDICT_DENY, REASON_UNPARSABLE);
	if (NETPOL_TIERS && !ingress && skb->mark == ANSWER_MARK) {
		skb->mark = 0;
		work->record.reason = REASON_RELATED;
		return deliver(skb, work, 0);
	}
	tuple = work->flags & WORK_RELATED ? &work->inner.tuple : &work->packet.tuple;
	may_be_new = work->flags & WORK_UNKNOWN || work->packet.signal == SIGNAL_OPEN;
	if (may_be_new && !ingress)
		ask_socket(skb, work);
	if (may_be_new && !(work->flags & WORK_AT_SOCKET) && denied_again(work, moment.epoch, ingress))
		return finish(work, EXIT_DROP, TC_ACT_SHOT);
	time = now(work);

	if (work->flags & WORK_UNKNOWN || !connection_find(work, tuple, &found) || !connection_lives(found.connection, tuple->protocol, time)) {
		/* new */
	} else if (!(work->flags & WORK_RELATED) && opens_anew(found.connection, work->packet.signal, found.reply)) {
		/* The backend may not take over its client's translated connection. */
		if (found.reply && found.connection->flags & CONNECTION_TRANSLATED && !found.connection->closed)
			return refuse(skb, work, VERDICT_DENY, REASON_CONNECTION_COLLISION);
	} else {
		if (found.connection->epoch == moment.epoch && !(NETPOL_SERVICES && found.connection->flags & CONNECTION_DRAINING))
			return continue_connection(skb, work, &found, time, hook);
		judged = judge_anew(work, &found, moment, time);
		if (judged == JUDGED_ALLOW)
			return continue_connection(skb, work, &found, time, hook);
		/*
		 * The entry stays and stands for the refusal: whatever either end goes on sending of the connection is judged by
		 * it. Without, what the responder sends again would begin a connection of its own, and the initiator would answer.
		 */
		if (judged == JUDGED_REFUSE && work->packet.signal != SIGNAL_OPEN)
			return refuse(skb, work, work->record.verdict, work->record.reason);
		if (NETPOL_SERVICES)
			load_heard(work, time, true);
		connection_forget(work, &work->subject);
	}
	/* An error whose connection has ended meanwhile is a packet of its own. */
	work->flags &= ~WORK_RELATED;
	if (!may_be_new && !ingress)
		ask_socket(skb, work);
	return begin_connection(skb, work, hook, time, moment);
}

SEC("tc")
int new_connection(struct __sk_buff *skb)
{
	return decide_new(skb, HOOK_FROM_ENDPOINT);
}

SEC("tc")
int new_ingress(struct __sk_buff *skb)
{
	return decide_new(skb, HOOK_TO_ENDPOINT);
}

SEC("tc")
int new_uplink(struct __sk_buff *skb)
{
	return decide_new(skb, HOOK_UPLINK);
}
