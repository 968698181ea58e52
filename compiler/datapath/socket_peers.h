/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a socket remembers of services: to which backend it was led in place of which. The cgroup programs (socket.h) write it; the first
 * packet of a connection is asked here for the service that policy is to know.
 */
#pragma once

#include "service.h"

static __always_inline bool is_peers_service(const struct socket_peer *peer, const struct tuple *tuple)
{
	return peer->family == tuple->family && peer->service_port == tuple->destination_port &&
	       same_ip(tuple->family, (const struct ip_address *)peer->service, &tuple->destination);
}

static __always_inline bool is_peers_backend(const struct socket_peer *peer, const struct tuple *tuple)
{
	return peer->family == tuple->family && peer->backend_port == tuple->destination_port &&
	       same_ip(tuple->family, (const struct ip_address *)peer->backend, &tuple->destination);
}

static __always_inline void put_peers_backend(struct tuple *tuple, const struct socket_peer *peer)
{
	__builtin_memcpy(&tuple->destination, peer->backend, 16);
	tuple->destination_port = peer->backend_port;
}

/* A word in memory: where the socket is asked, a register for the state would be one too many. */
static __always_inline void note_sockets(struct work *work, const struct state *state)
{
	if (NETPOL_SERVICES && state->sockets)
		work->flags |= WORK_SOCKETS;
}

/*
 * Puts into work what the packet's socket remembers of its destination. Whoever lets others believe what a socket remembers would let
 * them in by it, so only what is of this destination and protocol counts: a socket sends to others too.
 */
static __always_inline void ask_socket(struct __sk_buff *skb, struct work *work)
{
	const struct tuple *tuple = &work->packet.tuple;
	struct socket_peers *peers;
	struct bpf_sock *socket;
	int i;

	if (!NETPOL_SERVICES || !(work->flags & WORK_SOCKETS) || (tuple->protocol != IPPROTO_TCP && tuple->protocol != IPPROTO_UDP))
		return;
	socket = skb->sk;
	if (!socket)
		return;
	socket = bpf_sk_fullsock(socket);
	if (!socket)
		return;
	peers = bpf_sk_storage_get(&socket_peers, socket, NULL, 0);
	if (!peers)
		return;
	bpf_spin_lock(&peers->lock);
	for (i = 0; i < SOCKET_PEERS; i++) {
		const struct socket_peer *peer = &peers->peer[i];
		bool by_packet = peer->flags & SOCKET_PEER_BY_PACKET;

		if (peer->protocol != tuple->protocol)
			continue;
		if (by_packet ? is_peers_service(peer, tuple) : is_peers_backend(peer, tuple)) {
			work->peer_of_socket = *peer;
			work->flags |= by_packet ? WORK_CHOSEN : WORK_AT_SOCKET;
			break;
		}
	}
	bpf_spin_unlock(&peers->lock);
}
