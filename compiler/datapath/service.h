/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services. A translated connection has two entries:
 *
 *   forward   client:p -> service:s      translated = backend:b
 *   main      client:p -> backend:b      translated = service:s
 *
 * and where client and backend are one endpoint, which would answer itself without our seeing it:
 *
 *   forward   client:p -> service:s      translated = backend:b
 *   main      service:p -> backend:b     translated = client:s     (port: the service's)
 *
 * The main entry is the connection. The forward entry has a copy of what delivery takes (epoch, devices, service), good
 * for as long as it has the time of now in `seen`: once in that while `translate` looks the main entry up, touches it,
 * and copies again. So the client's packets keep both alive and take one look-up, and what has become of the main entry
 * they heed within two units of time.
 */
#pragma once

#include "conntrack.h"

#define BACKEND_ATTEMPTS 4	/* random choices until one's main entry is free */

/* False: the address is no service's, as it lies outside of all of them. */
static __always_inline bool may_be_service(__u8 family, const struct ip_address *address)
{
#if NETPOL_SERVICES
	if (family == 4)
		return bpf_ntohl(address->v4) - SERVICES4_FIRST <= SERVICES4_LAST - SERVICES4_FIRST;
	return bpf_be64_to_cpu(address->halves[0]) - SERVICES6_FIRST <= SERVICES6_LAST - SERVICES6_FIRST;
#else
	return false;
#endif
}

/* The service port that a packet to this address and port is for; port 0, protocol 0: the address' own marker. */
static __always_inline const struct service *service_find(__u8 family, const struct ip_address *address, __be16 port,
							  __u8 protocol)
{
	if (!NETPOL_SERVICES)
		return NULL;
	if (NETPOL_IPV4 && family == 4) {
		struct service4_key key = { .address = address->v4, .port = port, .protocol = protocol };

		return bpf_map_lookup_elem(&services4, &key);
	}
	if (NETPOL_IPV6 && family == 6) {
		struct service6_key key = { .port = port, .protocol = protocol };

		__builtin_memcpy(key.address, address, 16);
		return bpf_map_lookup_elem(&services6, &key);
	}
	return NULL;
}

/* Puts one backend, chosen at random by weight, into the tuple's destination. */
static __always_inline bool service_choose(const struct service *service, struct tuple *tuple)
{
	struct backend_key key = { .port = service->port };

	key.index = bpf_get_prandom_u32() % service->backends;
	if (NETPOL_IPV4 && tuple->family == 4) {
		const struct backend4 *backend = bpf_map_lookup_elem(&backends4, &key);

		if (!backend)
			return false;
		tuple->destination.v4 = backend->address;
		tuple->destination_port = backend->port;
		return true;
	}
	if (NETPOL_IPV6 && tuple->family == 6) {
		const struct backend6 *backend = bpf_map_lookup_elem(&backends6, &key);

		if (!backend)
			return false;
		__builtin_memcpy(&tuple->destination, backend->address, 16);
		tuple->destination_port = backend->port;
		return true;
	}
	return false;
}

/* The client's view of a translated connection, client to service; `subject` is its backend's view. */
static __always_inline void client_view(struct tuple *out, const struct connection *connection,
					const struct tuple *subject)
{
	*out = *subject;
	if (connection->flags & CONNECTION_HAIRPIN) {
		__builtin_memcpy(&out->source, connection->translated, 16);
		out->destination = subject->source;
	} else {
		__builtin_memcpy(&out->destination, connection->translated, 16);
	}
	out->destination_port = connection->translated_port;
}

static __always_inline bool same_tuple(const struct tuple *a, const struct tuple *b)
{
	return same_ip(a->family, &a->source, &b->source) && same_ip(a->family, &a->destination, &b->destination) &&
	       a->source_port == b->source_port && a->destination_port == b->destination_port;
}

/* What a packet's tuple is part of. */
struct found {
	struct connection *connection;	/* a copy of the main entry; its tuple, first packet's direction, is in work->subject */
	bool reply;
	bool by_service;		/* the tuple has the service address, as the client sees it: there is a `forward` */
};

/*
 * Finds the main entry that a tuple belongs to, alive or not. The tuple may be of any of a translated connection's
 * packets, before or after translation, both directions.
 */
static __always_inline bool connection_find(struct work *work, const struct tuple *tuple, struct found *found)
{
	struct tuple *subject = &work->subject;
	struct connection *connection = &work->found;
	__u32 sender = connection_key(work, tuple);

	found->connection = connection;
	found->by_service = false;
	if (!connection_at_key(work, tuple->family))
		return false;

	found->reply = is_reply(connection, sender);
	if (found->reply)
		reverse(subject, tuple);
	else
		*subject = *tuple;
	if (NETPOL_SERVICES && connection->flags & CONNECTION_FORWARD) {
		struct tuple client = *subject, other;

		found->by_service = true;
		work->place[PLACE_FORWARD] = work->place[PLACE_FOUND];
		if (connection->flags & CONNECTION_HAIRPIN)
			subject->source = subject->destination;
		__builtin_memcpy(&subject->destination, connection->translated, 16);
		subject->destination_port = connection->translated_port;
		connection_key(work, subject);
		if (!connection_at_key(work, tuple->family) || !(connection->flags & CONNECTION_TRANSLATED))
			return false;
		/* The backend's entry may be another client's by now. */
		client_view(&other, connection, subject);
		if (!same_tuple(&client, &other))
			return false;
	}
	return true;
}
