/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services at the socket: who connects or sends to a service is led to a backend before there is a packet, so its packets need no
 * translation. Policy is not asked here but where the packets pass; what is left alone here goes to the service's address, and is
 * translated on its way.
 *
 * What the cgroup runs are stubs, which stay while generations come and go, and programs that need no table of a generation.
 */
#pragma once

#include <linux/errno.h>

#include "outside.h"
#include "socket_peers.h"

/* linux/net.h keeps these from user space. */
#define SOCKET_STREAM	1
#define SOCKET_DATAGRAM	2

/* What a program on a cgroup answers. */
#define CALL_REFUSED	0
#define CALL_GOES_ON	1

#if NETPOL_SERVICES

static __always_inline bool is_ipv4_mapped(const struct ip_address *address)
{
	return !address->halves[0] && address->words[2] == bpf_htonl(0xffff);
}

/* Whom the call is about, as the destination of what the socket sends; false: no socket that is for here. */
static __always_inline bool read_call(struct bpf_sock_addr *call, struct tuple *tuple, const bool is_ipv6)
{
	__u32 protocol = call->protocol, type = call->type;

	__builtin_memset(tuple, 0, sizeof(*tuple));
	if (!(protocol == IPPROTO_TCP && type == SOCKET_STREAM) && !(protocol == IPPROTO_UDP && type == SOCKET_DATAGRAM))
		return false;
	tuple->protocol = protocol;
	tuple->destination_port = call->user_port;
	tuple->family = 4;
	if (!is_ipv6) {
		tuple->destination.v4 = call->user_ip4;
		return NETPOL_IPV4;
	}
	tuple->destination.words[0] = call->user_ip6[0];
	tuple->destination.words[1] = call->user_ip6[1];
	tuple->destination.words[2] = call->user_ip6[2];
	tuple->destination.words[3] = call->user_ip6[3];
	if (is_ipv4_mapped(&tuple->destination)) {
		__be32 address = tuple->destination.words[3];

		__builtin_memset(&tuple->destination, 0, sizeof(tuple->destination));
		tuple->destination.v4 = address;
		return NETPOL_IPV4;
	}
	tuple->family = 6;
	return NETPOL_IPV6;
}

/* The rest of an IPv4-mapped address stays as it is. */
static __always_inline void write_call(struct bpf_sock_addr *call, __u8 family, const struct ip_address *address, __be16 port,
				       const bool is_ipv6)
{
	call->user_port = port;
	if (!is_ipv6) {
		call->user_ip4 = address->v4;
	} else if (family == 4) {
		call->user_ip6[3] = address->v4;
	} else {
		call->user_ip6[0] = address->words[0];
		call->user_ip6[1] = address->words[1];
		call->user_ip6[2] = address->words[2];
		call->user_ip6[3] = address->words[3];
	}
}

/* Nobody sees a packet of this call, so it is counted and told here. */
static __always_inline int refuse_call(const struct tuple *tuple, const struct socket_namespace *own, __u32 service, enum reason reason)
{
	const struct state *state = current_state();
	struct flow_event *event;

	count_drop(reason);
	bpf_set_retval(-ECONNREFUSED);
	if (!NETPOL_OBSERVE_DROPS || !state)
		return CALL_REFUSED;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return CALL_REFUSED;
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	event->generation = state->generation;
	event->endpoint = own->endpoint;
	event->service = service;
	if (tuple->family == 4)
		__builtin_memcpy(event->source, &own->address4, 4);
	else
		__builtin_memcpy(event->source, own->address6, 16);
	put_address(event->destination, tuple->family, &tuple->destination);
	event->destination_port = tuple->destination_port;
	event->family = tuple->family;
	event->protocol = tuple->protocol;
	event->verdict = VERDICT_REJECT;
	event->reason = reason;
	event->exit = EXIT_REJECT;
	bpf_ringbuf_submit(event, 0);
	return CALL_REFUSED;
}

/* The peer that is in place `i`, alive: what was sent to it last is of a connection that goes on. */
static __always_inline bool is_peer_alive(const struct socket_peer *peer, __u32 time)
{
	return peer->family && (peer->flags & SOCKET_PEER_CONNECTED || (__s32)(time - peer->seen) <= (__s32)LIFETIME_ANSWERED);
}

/*
 * Sent to what the socket knows already: a service, and the backend goes on to be its backend, or a backend itself, which from now on
 * is talked to directly. A copy of the peer for whom it is, if there is one.
 *
 * What a connected IPv6 socket sends to an IPv4 backend comes here too, with the backend's address (udpv6_sendmsg).
 *
 * Here and below global functions where all peers are gone through: the verifier follows each once, not once for every way on which
 * the call comes to it.
 */
__noinline int find_peer(struct bpf_sock_addr *call, const struct tuple *tuple, __u32 time, struct socket_peer *found)
{
	struct socket_peers *peers;
	bool is_found = false;
	int i;

	if (!tuple || !found)
		return false;
	peers = bpf_sk_storage_get(&socket_peers, call->sk, NULL, 0);
	if (!peers)
		return false;
	bpf_spin_lock(&peers->lock);
	for (i = 0; i < SOCKET_PEERS; i++) {
		struct socket_peer *peer = &peers->peer[i];

		if (is_peers_service(peer, tuple) && is_peer_alive(peer, time)) {
			peer->seen = time;
			*found = *peer;
			is_found = true;
		} else if (is_peers_backend(peer, tuple) && !(peer->flags & SOCKET_PEER_CONNECTED)) {
			peer->family = 0;
		}
	}
	bpf_spin_unlock(&peers->lock);
	return is_found;
}

/* A socket that connects has one peer, or none. */
static __always_inline bool set_peer(struct bpf_sock_addr *call, const struct socket_peer *fresh)
{
	struct socket_peers *peers = bpf_sk_storage_get(&socket_peers, call->sk, NULL, fresh ? BPF_SK_STORAGE_GET_F_CREATE : 0);
	int i;

	if (!peers)
		return false;
	bpf_spin_lock(&peers->lock);
	for (i = 0; i < SOCKET_PEERS; i++)
		peers->peer[i].family = 0;
	if (fresh)
		peers->peer[0] = *fresh;
	bpf_spin_unlock(&peers->lock);
	return true;
}

/*
 * Beside others that the socket sends to. False: there is no room, or the backend is known as another service's, so that its answers
 * could not be told apart.
 */
__noinline int add_peer(struct bpf_sock_addr *call, const struct tuple *service, const struct socket_peer *fresh, __u32 time)
{
	struct socket_peers *peers;
	int i, place = SOCKET_PEERS;
	bool is_taken = false;
	struct tuple backend;

	if (!service || !fresh)
		return false;
	peers = bpf_sk_storage_get(&socket_peers, call->sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!peers)
		return false;
	backend = *service;
	put_peers_backend(&backend, fresh);
	bpf_spin_lock(&peers->lock);
	for (i = 0; i < SOCKET_PEERS; i++) {
		const struct socket_peer *peer = &peers->peer[i];

		if (!is_peer_alive(peer, time) || (is_peers_service(peer, service) && !(peer->flags & SOCKET_PEER_CONNECTED)))
			place = i;
		else if (is_peers_backend(peer, &backend))
			is_taken = true;
	}
	if (place < SOCKET_PEERS && !is_taken)
		peers->peer[place] = *fresh;
	bpf_spin_unlock(&peers->lock);
	return place < SOCKET_PEERS && !is_taken;
}

/* The backend that was chosen is still who it was. */
static __always_inline bool is_backend_there(const struct tuple *tuple, const struct socket_peer *peer)
{
	struct tuple backend = { .family = tuple->family };
	const struct address *address;

	put_peers_backend(&backend, peer);
	address = address_find(backend.family, &backend.destination);
	return (address ? address->endpoint : 0) == peer->endpoint;
}

/* Whether the service is for the node, by the address under which others know it. */
static __always_inline bool is_for_node_socket(const struct service *service, __u8 family)
{
	const struct masquerade *as;
	struct ip_address address = {};
	__u32 zero = 0;

	as = bpf_map_lookup_elem(&masquerade, &zero);
	if (!as)
		return false;
	if (family == 4)
		address.v4 = as->address4;
	else
		__builtin_memcpy(&address, as->address6, 16);
	return is_in_sources(family, &address, service->sources);
}

/* Step 5 of the order of decision, for a call. */
static __always_inline int lead_call(struct bpf_sock_addr *call, const bool is_ipv6, const bool connects)
{
	const struct socket_namespace *own;
	const struct service *service;
	struct socket_peer peer = {};
	struct tuple tuple, backend;
	struct service6_key key;
	__u32 port, time;
	__u64 cookie;
	int i;

	if (!read_call(call, &tuple, is_ipv6))
		return CALL_GOES_ON;
	time = time_now();
	if (connects) {
		set_peer(call, NULL);
	} else if (find_peer(call, &tuple, time, &peer)) {
		if (peer.flags & SOCKET_PEER_BY_PACKET)
			return CALL_GOES_ON;
		if (is_backend_there(&tuple, &peer)) {
			write_call(call, tuple.family, (const struct ip_address *)peer.backend, peer.backend_port, is_ipv6);
			return CALL_GOES_ON;
		}
	}
	if (!may_be_service(tuple.family, &tuple.destination) && !may_be_node_port(tuple.destination_port))
		return CALL_GOES_ON;

	/* Who binds a socket to a device has chosen the way. */
	cookie = bpf_get_netns_cookie(call);
	own = bpf_map_lookup_elem(&socket_namespaces, &cookie);
	if (!own || call->sk->bound_dev_if)
		return CALL_GOES_ON;
	service = service_to(&key, &tuple, false);
	if (!service) {
		service = service_mark(&key, tuple.family, &tuple.destination);
		/* A container's datagram may be the answer to its own question, which it was asked under the service's address. */
		if (!service || (own->endpoint && tuple.protocol == IPPROTO_UDP))
			return CALL_GOES_ON;
		return refuse_call(&tuple, own, service->service, REASON_SERVICE_PORT);
	}
	/* A container's packets say by which address they come; the node's are led here or nowhere. */
	if (service->sources) {
		if (own->endpoint)
			return CALL_GOES_ON;
		if (!is_for_node_socket(service, tuple.family))
			return refuse_call(&tuple, own, service->service, REASON_SERVICE_SOURCE);
	}
	if (!service->backends)
		return refuse_call(&tuple, own, service->service, REASON_SERVICE_BACKENDS);

	/* As the packet would name them, so that the same is chosen for the same client. */
	backend = tuple;
	if (tuple.family == 4)
		backend.source.v4 = own->address4;
	else
		__builtin_memcpy(&backend.source, own->address6, 16);
	port = call->sk->src_port;
	backend.source_port = bpf_htons(port ? port : bpf_get_prandom_u32());
	__builtin_memcpy(peer.service, &tuple.destination, 16);
	peer.service_port = tuple.destination_port;
	peer.seen = time;
	peer.family = tuple.family;
	peer.protocol = tuple.protocol;
	for (i = 0; i < BACKEND_ATTEMPTS; i++) {
		const struct address *address;

		backend.destination = tuple.destination;
		backend.destination_port = tuple.destination_port;
		if (!service_choose(service, &backend, i))
			return CALL_GOES_ON;
		address = address_find(backend.family, &backend.destination);
		__builtin_memcpy(peer.backend, &backend.destination, 16);
		peer.backend_port = backend.destination_port;
		peer.endpoint = address ? address->endpoint : 0;
		peer.flags = (connects ? SOCKET_PEER_CONNECTED : 0) |
			     (own->endpoint && peer.endpoint == own->endpoint ? SOCKET_PEER_BY_PACKET : 0);
		if (!(connects ? set_peer(call, &peer) : add_peer(call, &tuple, &peer, time)))
			continue;
		if (service->affinity)
			affinity_note(service, &backend, &backend);
		if (!(peer.flags & SOCKET_PEER_BY_PACKET))
			write_call(call, backend.family, &backend.destination, backend.destination_port, is_ipv6);
		break;
	}
	return CALL_GOES_ON;
}

/* Where an answer comes from, or whom the socket is connected to: the service, where the socket was led to its backend. */
static __always_inline int name_peer(struct bpf_sock_addr *call, const bool is_ipv6)
{
	struct socket_peers *peers;
	struct socket_peer peer;
	bool is_found = false;
	struct tuple tuple;
	int i;

	if (!read_call(call, &tuple, is_ipv6))
		return CALL_GOES_ON;
	peers = bpf_sk_storage_get(&socket_peers, call->sk, NULL, 0);
	if (!peers)
		return CALL_GOES_ON;
	bpf_spin_lock(&peers->lock);
	for (i = 0; i < SOCKET_PEERS; i++) {
		if (is_peers_backend(&peers->peer[i], &tuple) && !(peers->peer[i].flags & SOCKET_PEER_BY_PACKET)) {
			peer = peers->peer[i];
			is_found = true;
			break;
		}
	}
	bpf_spin_unlock(&peers->lock);
	if (is_found)
		write_call(call, tuple.family, (const struct ip_address *)peer.service, peer.service_port, is_ipv6);
	return CALL_GOES_ON;
}

/* Finds the program of the generation in charge. Where there is none, no service is known. */
static __always_inline int enter_call(struct bpf_sock_addr *call, void *generation_programs)
{
	const struct control *current;
	__u32 zero = 0;

	current = bpf_map_lookup_elem(&control, &zero);
	if (current)
		bpf_tail_call(call, generation_programs, *(volatile __u32 *)&current->generation & 1);
	return CALL_GOES_ON;
}

#define LEADING_PROGRAMS(hook, is_ipv6, connects)				\
	SEC("cgroup/" #hook)							\
	int sock_##hook##_stub(struct bpf_sock_addr *call)			\
	{									\
		return enter_call(call, &hook##_programs);			\
	}									\
										\
	SEC("cgroup/" #hook)							\
	int sock_##hook(struct bpf_sock_addr *call)				\
	{									\
		return lead_call(call, is_ipv6, connects);			\
	}

#define NAMING_PROGRAM(hook, is_ipv6)						\
	SEC("cgroup/" #hook)							\
	int sock_##hook(struct bpf_sock_addr *call)				\
	{									\
		return name_peer(call, is_ipv6);				\
	}

#if NETPOL_IPV4
LEADING_PROGRAMS(connect4, false, true)
LEADING_PROGRAMS(sendmsg4, false, false)
NAMING_PROGRAM(recvmsg4, false)
NAMING_PROGRAM(getpeername4, false)
#endif
LEADING_PROGRAMS(connect6, true, true)
#if NETPOL_IPV6
LEADING_PROGRAMS(sendmsg6, true, false)
#endif
NAMING_PROGRAM(recvmsg6, true)
NAMING_PROGRAM(getpeername6, true)

#endif
