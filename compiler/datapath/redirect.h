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

/*
 * What a container sends in the middle of a connection: to a local container where `device` says so, else straight to another node where
 * that may be, else to the next program and the host's stack. Main functions only (tail call).
 */
static __always_inline int deliver_established(struct __sk_buff *skb, __u32 device, __u32 service)
{
	int code;

	/* Or clang makes the rest once for each way that leads here. */
	barrier_var(device);
	code = device ? redirect_into(skb, device) : TC_ACT_UNSPEC;
	finish_established(device ? EXIT_PEER : EXIT_STACK, device, service, code);
	if (!device)
		bpf_tail_call(skb, &programs, PROGRAM_STRAIGHT_KNOWN);
	return code;
}

/*
 * On the answer to what was refused on its way to a container: it comes in by the container's device, as if the container
 * had sent it, so that the host's stack takes it back the way the packet came. No container can set it: a mark does not
 * leave a namespace.
 */
#define ANSWER_MARK 0x6e706c61

/*
 * Passes the packet on: to a local container where `device` says so, else what a container sends straight to another node where that may
 * be, else to the next program and the host's stack. Main functions only (tail call).
 */
static __always_inline int deliver(struct __sk_buff *skb, struct work *work, __u32 device)
{
	if ((work->flags & (WORK_INGRESS | WORK_UPLINK)) == WORK_INGRESS)
		device = 0;
	work->record.verdict = VERDICT_ALLOW;
	work->record.ifindex = device;
	fragment_remember(work);
	if (device)
		return finish(work, EXIT_PEER, redirect_into(skb, device));
	if (!(work->flags & WORK_INGRESS))
		bpf_tail_call(skb, &programs, PROGRAM_STRAIGHT);
	return finish(work, EXIT_STACK, TC_ACT_UNSPEC);
}
