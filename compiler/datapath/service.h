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
 * and one that came by an uplink to a backend elsewhere, which must answer by way of this node (`masqueraded_port`, second address):
 *
 *   forward   client:p -> service:s      translated = backend:b, second = node:q
 *   main      node:q   -> backend:b      translated = service:s, second = client:p
 *
 * The main entry is the connection. The forward entry has a copy of what delivery takes (epoch, devices, service), good
 * for as long as it has the time of now in `seen`: once in that while `translate` looks the main entry up, touches it,
 * and copies again. So the client's packets keep both alive and take one look-up, and what has become of the main entry
 * they heed within two units of time.
 */
#pragma once

#include "backend_load.h"

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

/* The key of a service port in `key`, which has room for a service6_key: in a program's own frame it would be one too many. No address: of nodes. */
static __always_inline void put_service_key(void *key, __u8 family, const struct ip_address *address, __be16 port, __u8 protocol,
					    bool outside)
{
	struct service6_key *key6 = key;

	if (family == 4) {
		*(struct service4_key *)key = (struct service4_key){
			.address = address ? address->v4 : 0, .port = port, .protocol = protocol, .outside = outside,
		};
		return;
	}
	if (address)
		__builtin_memcpy(key6->address, address, 16);
	else
		__builtin_memset(key6->address, 0, 16);
	key6->port = port;
	key6->protocol = protocol;
	key6->outside = outside;
}

static __always_inline const struct service *service_at_key(void *key, __u8 family)
{
	if (NETPOL_SERVICES && NETPOL_IPV4 && family == 4)
		return bpf_map_lookup_elem(&services4, key);
	if (NETPOL_SERVICES && NETPOL_IPV6 && family == 6)
		return bpf_map_lookup_elem(&services6, key);
	return NULL;
}

/* The marker of a service's address. */
static __always_inline const struct service *service_mark(void *key, __u8 family, const struct ip_address *address)
{
	put_service_key(key, family, address, 0, 0, false);
	return service_at_key(key, family);
}

/*
 * What a client's packet has in common with the others of its connection, or with affinity with all from that client; the same
 * on every node. Each try of one connection has a number of its own.
 */
static __always_inline __u32 client_hash(const struct service *service, const struct tuple *tuple, __u32 attempt)
{
	__u32 ports = tuple->source_port | (__u32)tuple->destination_port << 16;
	__u64 words[] = {
		tuple->source.halves[0], tuple->source.halves[1], tuple->destination.halves[0], tuple->destination.halves[1],
		word_pair(service->affinity ? 0 : ports, tuple->protocol),
	};
	__u64 hash = attempt;
	int i;

	if (tuple->family == 4) {
		words[0] = word_pair(tuple->source.v4, tuple->destination.v4);
		words[1] = words[2] = words[3] = 0;
	}
	unroll
	for (i = 0; i < 5; i++)
		hash = spread(hash ^ words[i]);
	return hash >> 32;
}

/* The index of the backend that has the position which the hash falls on. */
static __always_inline __u32 maglev_index(const struct service *service, __u32 hash)
{
	__u32 position = (__u64)hash * service->positions >> 32;
	__u32 line = service->maglev + position / MAGLEV_LINE;
	const struct maglev_line *found = bpf_map_lookup_elem(&maglev, &line);

	return found ? found->index[position % MAGLEV_LINE] : 0;
}

static __always_inline bool put_backend(struct tuple *tuple, const struct backend_key *key)
{
	if (NETPOL_IPV4 && tuple->family == 4) {
		const struct backend4 *backend = bpf_map_lookup_elem(&backends4, key);

		if (!backend)
			return false;
		tuple->destination.v4 = backend->address;
		tuple->destination_port = backend->port;
		return true;
	}
	if (NETPOL_IPV6 && tuple->family == 6) {
		const struct backend6 *backend = bpf_map_lookup_elem(&backends6, key);

		if (!backend)
			return false;
		__builtin_memcpy(&tuple->destination, backend->address, 16);
		tuple->destination_port = backend->port;
		return true;
	}
	return false;
}

/* What the service knows of a backend; NULL: it is none. */
static __always_inline const struct service_backend *service_backend_find(const struct service *service, __u8 family,
									   const struct ip_address *address)
{
	if (NETPOL_IPV4 && family == 4) {
		struct service_backend4_key key = { .port = service->port, .address = address->v4 };

		return bpf_map_lookup_elem(&service_backends4, &key);
	}
	if (NETPOL_IPV6 && family == 6) {
		struct service_backend6_key key = { .port = service->port };

		__builtin_memcpy(key.address, address, 16);
		return bpf_map_lookup_elem(&service_backends6, &key);
	}
	return NULL;
}

/* Puts the backend that the client stays on into the tuple's destination, while it gets new connections. */
static __always_inline bool put_affine_backend(const struct service *service, struct tuple *tuple)
{
	const struct service_backend *backend;
	struct ip_address address = {};
	__u32 seen;

	if (NETPOL_IPV4 && tuple->family == 4) {
		struct affinity4_key key = { .service = service->name, .client = tuple->source.v4 };
		const struct affinity4 *affinity = bpf_map_lookup_elem(&affinity4, &key);

		if (!affinity)
			return false;
		address.v4 = affinity->backend;
		seen = affinity->seen;
	} else if (NETPOL_IPV6 && tuple->family == 6) {
		struct affinity6_key key = { .service = service->name };
		const struct affinity6 *affinity;

		__builtin_memcpy(key.client, &tuple->source, 16);
		affinity = bpf_map_lookup_elem(&affinity6, &key);
		if (!affinity)
			return false;
		__builtin_memcpy(&address, affinity->backend, 16);
		seen = affinity->seen;
	} else {
		return false;
	}
	if ((__s32)(time_now() - seen) > (__s32)service->affinity)
		return false;
	backend = service_backend_find(service, tuple->family, &address);
	if (!backend || !(backend->flags & BACKEND_READY))
		return false;
	tuple->destination = address;
	tuple->destination_port = backend->port;
	return true;
}

/*
 * Puts one backend into the tuple's destination, as the service chooses. A global function: the verifier follows it once,
 * not for every way on which a program comes to it. `attempt`: from 0, where what was chosen before can't be used.
 */
__noinline int service_choose(const struct service *service, struct tuple *tuple, __u32 attempt)
{
	struct backend_key key = {};
	__u32 first, load;

	if (!NETPOL_SERVICES || !service || !tuple || !service->backends)
		return false;
	if (service->affinity && !attempt && put_affine_backend(service, tuple))
		return true;
	key.port = service->port;
	key.index = service->positions ? maglev_index(service, client_hash(service, tuple, attempt)) :
					 bpf_get_prandom_u32() % service->backends;
	if (!(service->flags & SERVICE_LEAST_CONNECTIONS) || service->backends == 1)
		return put_backend(tuple, &key);

	/* Two different ones. */
	first = key.index;
	if (!put_backend(tuple, &key))
		return false;
	load = load_of(tuple, time_now());
	key.index += 1 + bpf_get_prandom_u32() % (service->backends - 1);
	if (key.index >= service->backends)
		key.index -= service->backends;
	if (put_backend(tuple, &key) && load_of(tuple, time_now()) < load)
		return true;
	key.index = first;
	return put_backend(tuple, &key);
}

/* A connection of the client has begun, to a backend: for so long as the service says, the next ones go there too. */
static __always_inline void affinity_note(const struct service *service, const struct tuple *client, const struct tuple *backend)
{
	if (NETPOL_IPV4 && client->family == 4) {
		struct affinity4_key key = { .service = service->name, .client = client->source.v4 };
		struct affinity4 value = { .backend = backend->destination.v4, .seen = time_now() };

		bpf_map_update_elem(&affinity4, &key, &value, BPF_ANY);
	} else if (NETPOL_IPV6 && client->family == 6) {
		struct affinity6_key key = { .service = service->name };
		struct affinity6 value = { .seen = time_now() };

		__builtin_memcpy(key.client, &client->source, 16);
		__builtin_memcpy(value.backend, &backend->destination, 16);
		bpf_map_update_elem(&affinity6, &key, &value, BPF_ANY);
	}
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
	if (connection->flags & CONNECTION_MASQUERADED) {
		take_second(&out->source, connection, subject->family);
		out->source_port = connection->masqueraded_port;
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
		if (connection->flags & CONNECTION_MASQUERADED) {
			take_second(&subject->source, connection, subject->family);
			subject->source_port = connection->masqueraded_port;
		}
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
