/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* To which backend a new connection goes, by whatever way it reaches the service, and whether one that goes on may keep its own. */
#pragma once

#include "outside.h"
#include "socket_peers.h"

/* The service that translated the connection, as the present generation knows it. */
static __always_inline const struct service *remember_service(struct work *work, const struct connection *connection)
{
	const struct service *service = NULL;

	work->question.service = 0;
	work->question.service_port = 0;
	if (!NETPOL_SERVICES || !(connection->flags & (CONNECTION_TRANSLATED | CONNECTION_AT_SOCKET)))
		return NULL;
	client_view(&work->target, connection, &work->subject);
	service = service_to(work->key, &work->target, connection->flags & CONNECTION_OUTSIDE);
	if (service) {
		work->question.service = service->service;
		work->question.service_port = bpf_ntohs(service->number);
	}
	return service;
}

/* Whether the backend of a translated connection keeps it: notes until when that has to be asked again. */
static __always_inline bool backend_keeps(const struct tuple *subject, struct connection *connection, const struct service *service,
					  __u32 time)
{
	const struct service_backend *backend;

	/* Of a service that is no more nobody asks for its backends. */
	if (!service)
		return true;
	backend = service_backend_find(service, subject->family, &subject->destination);
	if (!backend || backend->port != subject->destination_port)
		return false;
	connection->flags &= ~CONNECTION_DRAINING;
	if (!(backend->flags & BACKEND_DRAINING))
		return true;
	connection->flags |= CONNECTION_DRAINING;
	return (__s32)(backend->until - time) >= 0;
}

/*
 * Remembers the service of the connection in work->found, if there is one; false: its backend does not keep it. Here and below
 * global functions: the verifier follows each once. Nobody calls them where they have no use for an argument: clang would pass none.
 */
__noinline int service_keeps(struct work *work, __u32 time)
{
	const struct service *service;

	if (!work)
		return false;
	service = remember_service(work, &work->found);
	return !NETPOL_SERVICES || !(work->found.flags & (CONNECTION_TRANSLATED | CONNECTION_AT_SOCKET)) ||
	       backend_keeps(&work->subject, &work->found, service, time);
}

enum service_answer {
	SERVICE_NONE,		/* not a service address */
	SERVICE_TRANSLATED,	/* work->subject is the connection to the backend */
	SERVICE_REFUSED,	/* verdict and reason are in the record */
};

/* Policy is asked with the service, and the new connection is its. */
static __always_inline void put_service(struct work *work, const struct service *service, __be16 port)
{
	work->question.service = service->service;
	work->question.service_port = bpf_ntohs(service->number);
	work->record.service = service->service;
	work->fresh.translated_port = port;
	work->fresh.counted = service->flags & SERVICE_LEAST_CONNECTIONS ? COUNTED : 0;
}

/* Whether it is the address of the endpoint that has sent the packet: the source is one. */
static __always_inline bool is_senders_own(const struct work *work, const struct ip_address *address)
{
	const struct tuple *tuple = &work->packet.tuple;
	const struct address *found;

	if (same_ip(tuple->family, address, &tuple->source))
		return true;
	if (!(work->flags & WORK_MORE_ADDRESSES))
		return false;
	found = address_find(tuple->family, address);
	return found && found->endpoint == work->endpoint;
}

/* Makes work->subject, chosen for the packet, its connection to the backend. False: another connection is in the place of that. */
__noinline int take_backend(struct work *work, __u32 time)
{
	const struct connection *taken;
	const struct tuple *tuple;
	struct connection *fresh;

	if (!NETPOL_SERVICES || !work)
		return false;
	tuple = &work->packet.tuple;
	fresh = &work->fresh;
	taken = &work->found;
	fresh->flags = CONNECTION_TRANSLATED;
	fresh->flags |= work->flags & WORK_UPLINK ? CONNECTION_OUTSIDE | CONNECTION_BY_UPLINK | CONNECTION_BY_TRANSLATE : CONNECTION_EGRESS;
	__builtin_memcpy(fresh->translated, &tuple->destination, 16);
	if (tuple->protocol == IPPROTO_SCTP)
		fresh->flags |= CONNECTION_BY_TRANSLATE;
	if (work->flags & WORK_UPLINK) {
		const struct address *backend = address_find(tuple->family, &work->subject.destination);

		work->endpoint = backend && backend->ifindex ? backend->endpoint : 0;
		work->own4 = work->subject.destination.v4;
		work->own6 = work->subject.destination;
		if (!work->endpoint) {
			put_second(fresh, tuple->family, &tuple->source);
			return take_masquerade(work, time);
		}
		fresh->flags |= CONNECTION_INGRESS;
	} else if (is_senders_own(work, &work->subject.destination)) {
		fresh->flags |= CONNECTION_HAIRPIN | CONNECTION_BY_TRANSLATE;
		__builtin_memcpy(fresh->translated, &tuple->source, 16);
		work->subject.source = tuple->destination;
	}
	connection_key(work, &work->subject);
	if (connection_at_key(work, tuple->family) && connection_lives(taken, tuple->protocol, time)) {
		client_view(&work->target, taken, &work->subject);
		if (!(taken->flags & CONNECTION_TRANSLATED) || !same_tuple(&work->target, tuple))
			return false;
	}
	work->backend = work->subject.destination;
	work->backend_port = work->subject.destination_port;
	return true;
}

/* Step 5: a connection to a service address goes to a backend whose entry is free, or nowhere. Answers an enum service_answer. */
__noinline int find_backend(struct work *work, __u32 time)
{
	const struct service *service = NULL, *mark;
	struct flow_record *record;
	const struct tuple *tuple;
	int i;

	if (!NETPOL_SERVICES || !work)
		return SERVICE_NONE;
	tuple = &work->packet.tuple;
	record = &work->record;
	if (!may_be_service(tuple->family, &tuple->destination) && !may_be_node_port(tuple->destination_port))
		return SERVICE_NONE;
	if (has_ports(tuple->protocol))
		service = service_to(work->key, tuple, work->flags & WORK_UPLINK);
	mark = service ? service : service_mark(work->key, tuple->family, &tuple->destination);
	if (!mark)
		return SERVICE_NONE;
	if (!is_for(mark, tuple)) {
		record->verdict = VERDICT_DENY;
		record->reason = REASON_SERVICE_SOURCE;
		return SERVICE_REFUSED;
	}
	if (!service) {
		record->verdict = VERDICT_REJECT;
		record->reason = REASON_SERVICE_PORT;
		return SERVICE_REFUSED;
	}
	if (service->affinity)
		work->flags |= WORK_AFFINE;
	put_service(work, service, tuple->destination_port);
	work->fresh.service = service->service;

	for (i = 0; i < BACKEND_ATTEMPTS && service->backends; i++) {
		work->subject = *tuple;
		if (i == 0 && work->flags & WORK_CHOSEN)
			put_peers_backend(&work->subject, &work->peer_of_socket);
		else if (!service_choose(service, &work->subject, i))
			continue;
		if (take_backend(work, time))
			return SERVICE_TRANSLATED;
	}
	/* No backend: rejected. Every try taken by another connection of the same ports: only dropped, a retry may do. */
	record->verdict = service->backends ? VERDICT_DENY : VERDICT_REJECT;
	if (!service->backends)
		record->reason = REASON_SERVICE_BACKENDS;
	else if (record->reason != REASON_NO_ROUTE)
		record->reason = REASON_CONNECTION_COLLISION;
	return SERVICE_REFUSED;
}

/*
 * A connection to a backend that the sender's socket was given in place of a service: nothing is rewritten, and policy knows the
 * service. A backend that has gone is told at once; what its address is now, nobody chose.
 */
static __always_inline enum service_answer find_at_socket(struct work *work)
{
	const struct socket_peer *peer = &work->peer_of_socket;
	const struct tuple *tuple = &work->packet.tuple;
	struct connection *fresh = &work->fresh;
	const struct address *backend;
	const struct service *service;

	work->target = *tuple;
	__builtin_memcpy(&work->target.destination, peer->service, 16);
	work->target.destination_port = peer->service_port;
	service = service_to(work->key, &work->target, false);
	if (!service)
		return SERVICE_NONE;
	put_service(work, service, peer->service_port);
	work->backend = tuple->destination;
	work->backend_port = tuple->destination_port;
	backend = address_find(tuple->family, &tuple->destination);
	if (peer->endpoint && (!backend || backend->endpoint != peer->endpoint)) {
		work->record.verdict = VERDICT_REJECT;
		work->record.reason = REASON_SERVICE_BACKENDS;
		return SERVICE_REFUSED;
	}
	fresh->flags |= CONNECTION_AT_SOCKET;
	__builtin_memcpy(fresh->translated, peer->service, 16);
	return SERVICE_NONE;
}

/* The next connections of this client go to the backend of this one. */
__noinline int stay_on_backend(struct work *work)
{
	const struct service *service;

	if (!NETPOL_SERVICES || !work)
		return 0;
	service = service_to(work->key, &work->packet.tuple, work->flags & WORK_UPLINK);
	if (service)
		affinity_note(service, &work->packet.tuple, &work->subject);
	return 0;
}
