/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Gives each packet of a test run the flow that is its turn, undoes what the run before it wrote, and hands it to the
 * program under test. BPF_PROG_TEST_RUN does not restore the packet between runs.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <bpf/bpf_helpers.h>

#define MAX_FLOWS 32768

struct flow {
	__be32 peer;		/* IPv6: the address' last four bytes */
	__be16 port;		/* of the end that began */
	__be16 server_port;
};

/* bench/datapath/Driver.cs writes this. */
struct plan {
	__u32 count;
	__u32 next;
	__u32 is_reply;		/* the peer sends */
	__u16 ip_checksum;
	__u16 tcp_checksum;
	__u8 self[16];
	__u8 peer[16];
	struct flow flows[MAX_FLOWS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct plan);
} plan __attribute__((section(".maps")));

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__uint(value_size, 4);
} under_test __attribute__((section(".maps")));

static __always_inline const struct flow *turn(struct plan *plan)
{
	__u32 next = plan->next;

	plan->next = next + 1 >= plan->count ? 0 : next + 1;
	return &plan->flows[next & (MAX_FLOWS - 1)];
}

static __always_inline void put_ports(struct tcphdr *tcp, const struct plan *plan, const struct flow *flow)
{
	tcp->source = plan->is_reply ? flow->server_port : flow->port;
	tcp->dest = plan->is_reply ? flow->port : flow->server_port;
	tcp->check = plan->tcp_checksum;
}

SEC("tc")
int drive4(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + ETH_HLEN;
	const struct flow *flow;
	struct plan *current;
	__u32 zero = 0;
	__be32 self;

	current = bpf_map_lookup_elem(&plan, &zero);
	if (!current || (void *)(ip + 1) + sizeof(struct tcphdr) > end)
		return TC_ACT_SHOT;
	flow = turn(current);
	__builtin_memcpy(&self, current->self, 4);
	ip->saddr = current->is_reply ? flow->peer : self;
	ip->daddr = current->is_reply ? self : flow->peer;
	ip->check = current->ip_checksum;
	put_ports((void *)(ip + 1), current, flow);
	bpf_tail_call(skb, &under_test, 0);
	return TC_ACT_SHOT;
}

SEC("tc")
int drive6(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ipv6hdr *ip = data + ETH_HLEN;
	const struct flow *flow;
	struct in6_addr *peer;
	struct plan *current;
	__u32 zero = 0;

	current = bpf_map_lookup_elem(&plan, &zero);
	if (!current || (void *)(ip + 1) + sizeof(struct tcphdr) > end)
		return TC_ACT_SHOT;
	flow = turn(current);
	peer = current->is_reply ? &ip->saddr : &ip->daddr;
	__builtin_memcpy(current->is_reply ? &ip->daddr : &ip->saddr, current->self, 16);
	__builtin_memcpy(peer, current->peer, 12);
	peer->s6_addr32[3] = flow->peer;
	put_ports((void *)(ip + 1), current, flow);
	bpf_tail_call(skb, &under_test, 0);
	return TC_ACT_SHOT;
}

char _license[] SEC("license") = "Dual BSD/GPL";
