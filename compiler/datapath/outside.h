/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The ways to a service: by its own addresses, by those of a load balancer, from whom it lets in, and by ports of nodes. And by what
 * address a backend on another node knows a client that came by an uplink.
 */
#pragma once

#include "judge.h"

#define MASQUERADE_ATTEMPTS 16	/* ports that are tried for one backend */

static __always_inline bool may_be_node_port(__be16 port)
{
#if NETPOL_SERVICES
	return (__u32)bpf_ntohs(port) - NODE_PORTS_FIRST <= NODE_PORTS_LAST - NODE_PORTS_FIRST;
#else
	return false;
#endif
}

static __always_inline bool is_in_sources(__u8 family, const struct ip_address *address, __u32 set)
{
	const struct service_source *source = NULL;

	if (NETPOL_IPV4 && family == 4) {
		struct service_source4_key key = { .length = 64, .set = set, .address = address->v4 };

		source = bpf_map_lookup_elem(&service_sources4, &key);
	} else if (NETPOL_IPV6 && family == 6) {
		struct service_source6_key key = { .length = 160, .set = set };

		__builtin_memcpy(key.address, address, 16);
		source = bpf_map_lookup_elem(&service_sources6, &key);
	}
	return source && source->is_in;
}

/*
 * Whether node ports are to be found at the address: one of this node's, or with `any` of the ranges of nodes. A global function, as
 * those below: the verifier follows it once.
 */
__noinline int is_node(const struct ip_address *address, __u32 family, __u32 any)
{
	const struct address *entry;

	if (!NETPOL_SERVICES || !address)
		return false;
	/* A link-local address is of a link, not of a node. */
	if (family == 6 && (address->words[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000))
		return false;
	entry = address_find(family, address);
	if (entry)
		return entry->kind == ADDRESS_HOST;
	return any && is_in_sources(family, address, SOURCES_NODES);
}

/* The service port that a client's connection is to, by whatever way; `outside`: it came by an uplink. */
static __always_inline const struct service *service_to(void *key, const struct tuple *client, bool outside)
{
	const struct ip_address *address = &client->destination;
	const struct service *service = NULL;

	if (!NETPOL_SERVICES)
		return NULL;
	if (!may_be_service(client->family, address)) {
		if (!may_be_node_port(client->destination_port) || !is_node(address, client->family, !outside))
			return NULL;
		address = NULL;
	}
	if (outside) {
		put_service_key(key, client->family, address, client->destination_port, client->protocol, true);
		service = service_at_key(key, client->family);
		if (service)
			return service;
	}
	put_service_key(key, client->family, address, client->destination_port, client->protocol, false);
	service = service_at_key(key, client->family);
	/* Between services' addresses there may be those of nodes. */
	if (service || !address || !may_be_node_port(client->destination_port) || !is_node(address, client->family, !outside))
		return service;
	put_service_key(key, client->family, NULL, client->destination_port, client->protocol, outside);
	service = service_at_key(key, client->family);
	if (service || !outside)
		return service;
	put_service_key(key, client->family, NULL, client->destination_port, client->protocol, false);
	return service_at_key(key, client->family);
}

/* Whether the service is for the client. */
static __always_inline bool is_for(const struct service *service, const struct tuple *client)
{
	return !service->sources || is_in_sources(client->family, &client->source, service->sources);
}

/*
 * Gives work->subject an address and a port of this node in place of the client's, so that the backend answers by way of it: one under
 * which there is no connection to that backend.
 */
__noinline int take_masquerade(struct work *work, __u32 time)
{
	const struct masquerade *as;
	struct connection *fresh;
	const struct tuple *client;
	struct tuple *subject;
	__u32 zero = 0, port;
	int i;

	if (!NETPOL_SERVICES || !work)
		return false;
	client = &work->packet.tuple;
	subject = &work->subject;
	fresh = &work->fresh;
	as = bpf_map_lookup_elem(&masquerade, &zero);
	if (!as || !as->ports || !(client->family == 4 ? as->address4 : *(const word32 *)as->address6)) {
		work->record.reason = REASON_NO_ROUTE;
		return false;
	}
	if (client->family == 4)
		subject->source.v4 = as->address4;
	else
		__builtin_memcpy(&subject->source, as->address6, 16);
	fresh->flags |= CONNECTION_MASQUERADED;
	fresh->masqueraded_port = client->source_port;
	/* The client's own port, where it is one of those. */
	port = (bpf_ntohs(client->source_port) - as->first_port) & 0xffff;
	for (i = 0; i < MASQUERADE_ATTEMPTS; i++) {
		if (port >= as->ports)
			port = bpf_get_prandom_u32() % as->ports;
		subject->source_port = bpf_htons(as->first_port + port);
		connection_key(work, subject);
		if (!connection_at_key(work, subject->family))
			return true;
		if (!connection_lives(&work->found, subject->protocol, time)) {
			connection_forget(work, subject);
			return true;
		}
		port = bpf_get_prandom_u32() & 0xffff;
	}
	return false;
}
