/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stands in for the datapath library: a program, and verdicts that are there to be replaced. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct policy_input {
	__u32 self;
	__u32 peer;
	__u16 port;
	__u8 protocol;
	__u8 family;
};

/* A map of the library that replaced verdicts use too. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 8);
} port_names SEC(".maps");

/* A function of the library that replaced verdicts call. */
__noinline __u64 library_bias(struct policy_input *in)
{
	if (!in)
		return 0;
	return in->family;
}

__weak __noinline __u64 egress_verdict(struct policy_input *in)
{
	return in ? 0x77 : 0;
}

__weak __noinline __u64 ingress_verdict(struct policy_input *in)
{
	return in ? 0x88 : 0;
}

/* cb[0] says which verdict; the rest of cb is the input. */
SEC("tc")
int judge(struct __sk_buff *skb)
{
	struct policy_input in = {
		.self = skb->cb[1],
		.peer = skb->cb[2],
		.port = skb->cb[3],
		.protocol = skb->cb[4],
		.family = skb->mark,
	};
	__u32 key = 1;

	if (skb->priority == 4711)
		bpf_map_update_elem(&port_names, &key, &key, 0);
	return skb->cb[0] ? ingress_verdict(&in) : egress_verdict(&in);
}

char _license[] SEC("license") = "Dual BSD/GPL";
