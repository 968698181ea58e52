/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Delivery to a container of this node, straight into its namespace. */
#pragma once

#include <linux/if_packet.h>

#include "flow.h"
#include "fragment.h"

/*
 * `device` is the destination's host-side device. The frame keeps its MAC addresses and TTL: no loop is possible, and
 * writing to it would copy every cloned packet. The receiving stack asks for PACKET_HOST alone.
 */
static __always_inline int redirect_into(struct __sk_buff *skb, __u32 device)
{
	if (skb->pkt_type != PACKET_HOST)
		bpf_skb_change_type(skb, PACKET_HOST);
	return bpf_redirect_peer(device, 0);
}

static __always_inline int deliver_established(struct __sk_buff *skb, __u32 device, __u32 service)
{
	int code = device ? redirect_into(skb, device) : TC_ACT_UNSPEC;

	return finish_established(device ? EXIT_PEER : EXIT_STACK, device, service, code);
}

/* Passes the packet on: to a local container where `device` says so, else to the next program and the host's stack. */
static __always_inline int deliver(struct __sk_buff *skb, struct work *work, __u32 device)
{
	if (work->flags & WORK_INGRESS)
		device = 0;
	work->record.verdict = VERDICT_ALLOW;
	work->record.ifindex = device;
	fragment_remember(work);
	if (device)
		return finish(work, EXIT_PEER, redirect_into(skb, device));
	return finish(work, EXIT_STACK, TC_ACT_UNSPEC);
}
