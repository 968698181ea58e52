/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The ABI between programs and loader: keys and values of every map that user space reads or writes.
 *
 * runtime/loader/Abi/ holds the same structs in C#; tests/unit checks sizes and offsets against the BTF of a built
 * bundle. Integers are in host byte order unless they are __be. IPv4 and IPv6 have maps of their own (an IPv4 key is
 * 16 bytes: measured 15 % faster than v4-mapped keys).
 *
 * No struct here depends on a policy: what a policy tells apart are classes, numbers that the loader gives out.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

/*
 * Two scopes of maps. Node maps live as long as the node's datapath and are pinned in PINS/; generation maps belong to
 * one loaded bundle and are pinned in PINS/generations/N/. A program of generation N uses node maps and N's maps.
 */

/* ---- node maps ---------------------------------------------------------------------------------------------- */

/* control: ARRAY, 1 entry, BPF_F_MMAPABLE. One 4-byte store of `generation` commits a change of bundle. */
struct control {
	__u32 generation;	/* programs of parity generation & 1 are in charge; 0: none yet */
	__u32 reserved;
};

/*
 * from_endpoint_programs, to_endpoint_programs: PROG_ARRAY, index 2 * slot + (generation & 1). The stub on the device
 * tail-calls here. An empty slot drops, and one that a container has left drops by `vacant`: nothing has judged the packet.
 */
#define MAX_SLOTS 4096		/* slots are 1 .. MAX_SLOTS - 1 */

/*
 * endpoint_constants: ARRAY of struct endpoint_constants by slot, for the provisional programs that serve a container
 * until its own are loaded.
 */

/* drop_reasons: PERCPU_ARRAY indexed by enum reason, value __u64 packets. */
#define DROP_REASONS 64

/* events: RINGBUF of struct flow_event. */

enum verdict {
	VERDICT_NONE	= 0,
	VERDICT_ALLOW	= 1,
	VERDICT_DENY	= 2,	/* the packet is dropped */
	VERDICT_REJECT	= 3,	/* the packet is dropped and its sender is told */
};

/* Why a packet was passed or not. runtime/bundle/Reason.cs holds the same list; a test compares them. */
enum reason {
	REASON_NONE			= 0,
	/* allowed by */
	REASON_RULE			= 1,	/* the rule in `rule` (allow, deny and reject) */
	REASON_NOT_ISOLATED		= 2,	/* no policy selects the endpoint in this direction */
	REASON_ESTABLISHED		= 3,	/* of a connection already judged */
	REASON_RELATED			= 4,	/* an ICMP error about such a connection */
	REASON_SAME_ENDPOINT		= 5,
	REASON_HOST			= 6,	/* the node reaches its own endpoints */
	REASON_NEIGHBOUR		= 7,	/* ARP and neighbour discovery */
	REASON_FORWARDED		= 8,	/* to a backend of a service on another node, which judges it */
	/* dropped or rejected because of */
	REASON_DEFAULT_DENY		= 16,	/* policies select the endpoint, none of their rules matches */
	REASON_UNPARSABLE		= 17,	/* malformed, truncated, or a chain of extension headers too long */
	REASON_NOT_IP			= 18,	/* a frame that is neither IP nor ARP */
	REASON_SOURCE			= 19,	/* the source address is not the sender's own */
	REASON_NEIGHBOUR_SPOOFED	= 20,	/* ARP or ND that claims another's address */
	REASON_FAMILY			= 21,	/* `families` leaves this one out */
	REASON_FRAGMENT			= 22,	/* a later fragment without its first */
	/* 23 was used by earlier bundles */
	REASON_SERVICE_PORT		= 24,	/* a service address, but no port of the service */
	REASON_SERVICE_BACKENDS		= 25,	/* the service has no ready backend */
	REASON_CONNECTION_COLLISION	= 26,	/* two translations would need the same connection entry */
	REASON_CONNECTION_TABLE		= 27,	/* the connection could not be stored */
	REASON_NOT_READY		= 28,	/* no program in the endpoint's slot */
	REASON_UNKNOWN_ENDPOINT		= 29,	/* the judged endpoint has no entry in `addresses` */
	REASON_CHECKSUM			= 30,	/* the packet could not be rewritten */
	REASON_LIMIT			= 31,	/* the limit of a rule that would allow it is spent */
	REASON_BACKEND_GONE		= 32,	/* the connection's backend is one no more */
	REASON_SERVICE_SOURCE		= 33,	/* the load balancer's address is not for this source */
	REASON_NO_ROUTE			= 34,	/* the way on is not known, or the packet's hops are spent */
	REASON_TOO_BIG			= 35,	/* larger than the way on takes; its sender is told how large it may be */
	REASON_COUNT			= 36,
};

enum direction {
	DIRECTION_EGRESS	= 0,
	DIRECTION_INGRESS	= 1,
};

/* How a packet left the datapath. */
enum exit {
	EXIT_NONE		= 0,
	EXIT_STACK		= 1,	/* handed to the next program or the host's stack */
	EXIT_PEER		= 2,	/* redirected into the destination's namespace */
	EXIT_DROP		= 3,
	EXIT_REJECT		= 4,	/* dropped, an answer was sent back to the sender */
	EXIT_STRAIGHT		= 5,	/* sent to the next hop by the node's routes, past its stack */
};

#define EVENT_LOG	1	/* a rule with `log` matched */
#define EVENT_SAMPLED	2	/* chosen by `observe { flows … }` */
#define EVENT_REPLY	4	/* the packet goes against its connection's first direction */

/*
 * One event. Addresses and ports are those of the packet as it came to the hook, before translation; for ICMP the
 * ports are type (source_port) and code (destination_port) in host order.
 */
struct flow_event {
	__u64 time;		/* bpf_ktime_get_ns: CLOCK_MONOTONIC */
	__u32 generation;	/* `rule` is an id of this generation's manifest, as it was at `epoch` */
	__u32 epoch;		/* of the verdict; 0: no rule decided */
	__u32 rule;		/* 0: no rule decided */
	__u32 endpoint;		/* the judged endpoint's id; 0: unknown */
	__u32 peer;		/* the other end's endpoint id; 0: none */
	__u32 ifindex;		/* the device whose hook saw the packet */
	__u32 service;		/* id in the manifest; 0: not translated */
	__u32 reserved;
	__u8 source[16];	/* IPv4 in the first four bytes */
	__u8 destination[16];
	__u8 backend[16];	/* where the service sent it; zero without service */
	__be16 source_port;
	__be16 destination_port;
	__be16 backend_port;
	__u16 length;		/* bytes on the wire */
	__u8 family;		/* 4, 6, or 0: no IP */
	__u8 protocol;		/* IANA number */
	__u8 verdict;		/* enum verdict */
	__u8 reason;		/* enum reason */
	__u8 direction;		/* enum direction: which verdict `rule` and `reason` are of */
	__u8 flags;		/* EVENT_* */
	__u8 tcp_flags;
	__u8 exit;		/* enum exit */
};

/*
 * flow_record: PERCPU_ARRAY, 1 entry. Every exit of every program goes through finish(), which leaves its decision
 * here; the judges of the tests and the event writer read it.
 */
struct flow_record {
	__u32 egress_rule;
	__u32 ingress_rule;
	__u8 verdict;		/* enum verdict, of the whole packet */
	__u8 reason;		/* enum reason that decided */
	__u8 exit;		/* enum exit */
	__u8 direction;		/* enum direction: whose verdict decided */
	__u8 egress_verdict;	/* VERDICT_NONE: was not asked */
	__u8 egress_reason;
	__u8 ingress_verdict;
	__u8 ingress_reason;
	__u32 ifindex;		/* EXIT_PEER: host-side device of the destination; EXIT_STRAIGHT: the device it left by */
	__u32 service;
	__u8 logged;
	__u8 new_connection;	/* an entry was made for this packet */
	__u8 reserved[2];
};

/*
 * One entry a connection, under a key that both directions make: index 0 is the end with the lower (address, port),
 * compared as numbers in host memory order. A translated connection has two entries: the main one between client and
 * backend, and a forward one between client and service address.
 */
struct connection4_key {
	__be32 address[2];
	__be16 port[2];		/* ICMP echo: the identifier, twice; protocols without ports: 0 */
	__u8 protocol;
	__u8 requester;		/* ICMP echo: 1 + index of the end that asks; else 0. Two ends may use one identifier. */
	__u16 reserved;
};

struct connection6_key {
	__u8 address[2][16];
	__be16 port[2];
	__u8 protocol;
	__u8 requester;
	__u16 reserved;
};

#define CONNECTION_INITIATOR_HIGH	0x01	/* index 1 of the key sent the first packet; else index 0 */
#define CONNECTION_PICKED_UP		0x04	/* TCP that did not begin with a SYN */
#define CONNECTION_FORWARD		0x08	/* client to service address: `translated` is the backend */
#define CONNECTION_TRANSLATED		0x10	/* client to backend: `translated` is the service address */
#define CONNECTION_HAIRPIN		0x20	/* client and backend are one endpoint: `translated` of the main entry is the client */
#define CONNECTION_EGRESS		0x40	/* judged at the source, an endpoint of this node */
#define CONNECTION_INGRESS		0x80	/* judged at the destination, an endpoint of this node */
#define CONNECTION_FROM_HOST		0x100	/* begun by a socket of this node */
#define CONNECTION_FORWARDED		0x200	/* source is a node's address, but no socket of this node */
#define CONNECTION_BY_TRANSLATE		0x400	/* hairpin or SCTP: translate_known can't rewrite its packets */
#define CONNECTION_DRAINING		0x800	/* its backend keeps it until a time that is to be looked up */
#define CONNECTION_AT_SOCKET		0x1000	/* the client's socket was given the backend: `translated` is the service address */
#define CONNECTION_BY_UPLINK		0x2000	/* a packet has come by an uplink since the last verdict, from no address of this node */
#define CONNECTION_OUTSIDE		0x4000	/* begun by way of an uplink, to a service: what goes to the client leaves by the routes, not by the stack */
#define CONNECTION_MASQUERADED		0x8000	/* to a backend elsewhere, under an address and a port of this node */

/* In place of a device: by the routes of the node, to the next hop. The stack takes no packet that comes with an address of its own. */
#define DEVICE_BY_ROUTE 0xffffffff

#define CLOSED_BY_INITIATOR	1	/* a FIN or SHUTDOWN was seen */
#define CLOSED_BY_RESPONDER	2
#define CLOSED_BY_RESET		4

/* endpoint, ifindex: [0] the initiator's, [1] the responder's. */
struct connection {
	__u32 version;		/* odd while the entry is written; changes with everything but `seen` and `answered` */
	__u32 epoch;		/* of the last verdict */
	__u32 seen;		/* last packet: CLOCK_MONOTONIC in units of 2^30 ns */
	__u16 flags;		/* CONNECTION_* */
	__u8 closed;		/* CLOSED_* */
	__u8 answered;		/* 1: the other end has sent a packet */
	union {
		__u32 ifindex[2];	/* where packets to this end are delivered; 0: by the host's stack, or DEVICE_BY_ROUTE */
		__be16 masqueraded_port;	/* CONNECTION_MASQUERADED: beside the second address; either end is reached by route */
	};
	__u32 endpoint[2];	/* id, or 0: no endpoint; another id at the same address makes the entry void */
	__u32 service;		/* id in the manifest of the generation of `epoch` */
	__be16 translated_port;
	__u8 icmp_code;
	__u8 counted;		/* COUNTED_*, and the window in which its backend counts it; 0: in none */
	__u8 translated[16];	/* IPv4 in the first four bytes; an entry of connections4 ends behind the eighth */
	/*
	 * With CONNECTION_MASQUERADED; of IPv4 it follows the first in `translated`. In the forward entry the address by
	 * which the backend knows the client, in the main one the client's.
	 */
	__u8 second[16];
};

/* What a packet reads of an entry lies in one cache line, also of the two that an IPv6 entry has. */
struct connection4_entry {
	struct connection4_key key;
	__u8 connection[48];
};

struct connection6_entry {
	struct connection6_key key;
	__u8 connection[72];
	__u8 reserved[16];
};

/*
 * connections4, connections6: ARRAY, BPF_F_MMAPABLE (which no process can make use of, but puts values at the start of a
 * page). A value is a set of ways, found by a hash of the key. The first line tells by a tag of 16 bits which way may
 * have the key, so that a look-up takes that line and one more. What writes holds the lock; what reads does not, and
 * believes what it has read if `version` was even before and is the same after.
 *
 * tags: lane l (16 bits from bit 16 * l) of word k is of the way that connection_way() makes of bit 16 * l + 12 + k; 0: free.
 */
#define CONNECTION_WAYS		15
#define CONNECTION_TAG_WORDS	4

/* One cache line. The kernel looks for the lock among a value's own members, so no struct holds them. */
#define CONNECTION_SET_HEAD							\
	struct bpf_spin_lock lock;						\
	__u32 hand;	/* below 16: where the next search for a way to take begins */ \
	__u64 tags[CONNECTION_TAG_WORDS];					\
	__u64 unused[3]

struct connection_set {
	CONNECTION_SET_HEAD;
};

struct connection4_set {
	CONNECTION_SET_HEAD;
	struct connection4_entry entry[CONNECTION_WAYS];
};

struct connection6_set {
	CONNECTION_SET_HEAD;
	struct connection6_entry entry[CONNECTION_WAYS];
};

#define CONNECTION_KEY_WORDS 10	/* of 32 bits, in IPv6 */

/*
 * `.rodata.node`: frozen, one for all programs, and pinned as the tables of connections are, as it says where in them a
 * connection is. The numbers are random, so that nobody who sends packets can tell which share a set.
 */
struct node_constants {
	__u64 connection_secret[CONNECTION_KEY_WORDS];
};

/* fragments4, fragments6: LRU_HASH. What became of a datagram's first fragment; the later ones follow it. */
struct fragment4_key {
	__be32 source;
	__be32 destination;
	__be32 id;		/* IPv4: in the first two bytes */
	__u8 protocol;
	__u8 reserved[3];
};

struct fragment6_key {
	__u8 source[16];
	__u8 destination[16];
	__be32 id;
	__u8 protocol;
	__u8 reserved[3];
};

struct fragment {
	__u32 epoch;
	__u32 seen;		/* as in struct connection */
	__u32 ifindex;		/* 0: by the host's stack */
	__u32 service;
	__u8 source[16];	/* addresses after translation */
	__u8 destination[16];
};

/*
 * connect4_programs, connect6_programs, sendmsg4_programs, sendmsg6_programs: PROG_ARRAY, index generation & 1. What is attached to
 * the cgroup tail-calls here; an empty slot leaves the socket alone.
 *
 * uplink_programs: PROG_ARRAY, index generation & 1. The stub on an uplink tail-calls here; an empty slot leaves the packet to the
 * host's stack.
 *
 * xdp_programs: likewise, of the stub that an uplink's driver runs; an empty slot leaves the packet to what runs behind it.
 */

/* xdp_packets: PERCPU_ARRAY by enum xdp_way, value __u64 packets. What uplinks' drivers have sent on. */
enum xdp_way {
	XDP_TO_BACKEND	= 0,
	XDP_TO_CLIENT	= 1,
	XDP_WAYS	= 2,
};

/*
 * socket_peers: SK_STORAGE. The backends that a socket was given in place of services. A connected socket has one; what is sent to
 * more services at a time than there is room for is translated packet by packet.
 */
#define SOCKET_PEERS 4

#define SOCKET_PEER_CONNECTED	1	/* by connect: it stays until the next */
#define SOCKET_PEER_BY_PACKET	2	/* the backend is the socket's own container: chosen here, translated by packet */

struct socket_peer {
	__u8 service[16];	/* its address; IPv4 in the first four bytes */
	__u8 backend[16];
	__be16 service_port;
	__be16 backend_port;
	__u32 endpoint;		/* the backend's id when it was chosen; 0: no endpoint */
	__u32 seen;		/* as in struct connection */
	__u8 family;		/* of the addresses, whatever the socket's; 0: this place is free */
	__u8 protocol;
	__u8 flags;		/* SOCKET_PEER_* */
	__u8 reserved;
};

struct socket_peers {
	struct bpf_spin_lock lock;	/* threads may send by one socket at a time */
	__u32 reserved;
	struct socket_peer peer[SOCKET_PEERS];
};

/* ---- generation maps ---------------------------------------------------------------------------------------- */

/*
 * state: ARRAY, 1 entry, BPF_F_MMAPABLE. `epoch` is drawn from one counter for the whole node, so no two generations ever
 * share a value; it is bumped whenever the policy, addresses, their classes or port names change. A connection judged
 * under another epoch is judged anew, in its first packet's direction, unless neither the policy nor the entry of either
 * end has changed since: then it is only given the new epoch.
 *
 * One 8-byte store of both words commits a change of policy. The lowest bit of `policy` says which half of verdict_pairs
 * is in charge. Programs read both words at once, and before any address: what they remember is never newer than what
 * they saw.
 */
struct state {
	__u32 epoch;
	__u32 policy;		/* the epoch at which rules, or what an address without entry is, changed last */
	__u32 generation;
	__u32 sockets;		/* 1: some were led to backends once, so they are asked; 0: none can have been */
};

enum address_kind {
	ADDRESS_ENDPOINT	= 1,
	ADDRESS_HOST		= 2,	/* an address of this node */
};

/*
 * An address class stands for all addresses that no rule of the generation can tell apart: ids from 1, the split address
 * space first (the bundle's order), then what the loader finds on the node. What a class means is known to the verdicts
 * alone: by class_members to generated code, by verdict_pairs to tables.
 */

#define ADDRESS_ISOLATED_EGRESS		1	/* a policy with closed egress rules of the ordinary tier selects the endpoint */
#define ADDRESS_ISOLATED_INGRESS	2

/* Who has this address. */
struct address {
	__u32 endpoint;		/* id from 1, never used again while the node runs; 0: not an endpoint */
	__u32 ifindex;		/* local endpoints: the host-side device; else 0 */
	__u32 namespace_id;	/* from 1; 0: not an endpoint */
	__u32 class;		/* address class */
	__u32 observed_one_in;	/* of an endpoint's connections, one in how many makes an event; 0: none */
	__u16 slot;		/* local endpoints: 1 .. MAX_SLOTS - 1; else 0 */
	__u8 kind;		/* enum address_kind */
	__u8 flags;		/* ADDRESS_* */
	__u32 epoch;		/* at which this entry changed last */
};

/* addresses4, addresses6: HASH, exact addresses of endpoints and of this node; key __be32 or 16 bytes. */

/*
 * prefixes4, prefixes6: LPM_TRIE, everything else. The compiler has split the address space at every prefix that a set
 * uses, so the longest match alone says every membership; 0/0 is always there. The loader adds this node's own
 * addresses a second time here, as `nodes` but not `host`, for packets that the node forwards under its own address.
 */
struct prefix4_key {
	__u32 length;
	__be32 address;
};

struct prefix6_key {
	__u32 length;
	__u8 address[16];
};

struct prefix {
	__u32 class;
};

/*
 * class_members: ARRAY of bit sets by address class; port_name_members: the same by class of names. Only where verdicts
 * are generated code, which defines both: a bit for each of the manifest's sets, or port names.
 */

/* port_names: HASH. The class of the names that an endpoint gives to one of its ports; only for generated code. */
struct port_name_key {
	__u32 endpoint;
	__u16 port;
	__u8 protocol;
	__u8 reserved;
};

struct port_names {
	__u32 class;		/* from 1 */
};

/*
 * Verdicts in tables. verdict_pairs: HASH by the classes of both ends. Its value leads, for each kind of traffic, into
 * verdict_nodes: ARRAY, a radix tree over 16 bits. So a verdict costs the same however many rules there are.
 *
 * A pair that has no entry is judged by the one with peer 0, which most peers share; without that one, no rule matches.
 */
#define VERDICT_PEER_INGRESS		1		/* self is the destination */
#define VERDICT_PEER_SAME_NAMESPACE	2
#define VERDICT_PEER_CLASS_SHIFT	2
#define VERDICT_PEER_SERVICE		0x80000000u	/* the rest is the id of the service that translated the connection */

struct verdict_pair_key {
	__u32 self;		/* address class of the judged endpoint */
	__u32 peer;		/* VERDICT_PEER_*, address class of the other end << VERDICT_PEER_CLASS_SHIFT */
};

enum traffic_space {
	TRAFFIC_TCP		= 0,	/* by port, in host order: the receiver's, or the service's own where a service is the peer */
	TRAFFIC_UDP		= 1,
	TRAFFIC_SCTP		= 2,
	TRAFFIC_ICMP		= 3,	/* in IPv4: by type << 8 | code */
	TRAFFIC_ICMPV6		= 4,	/* in IPv6 */
	TRAFFIC_OTHER4		= 5,	/* IPv4: by protocol number */
	TRAFFIC_OTHER6		= 6,
	TRAFFIC_SPACES		= 8,	/* one to spare: a power of two */
};

/*
 * In pairs and nodes an entry is 0 (no rule matches), a verdict, or the index of a node. `root` leads to two nodes in a
 * row, for the values below 32768 and the others; each level below decides by five bits.
 */
#define VERDICT_ENTRY_FINAL	0x80000000u	/* VERDICT_ENTRY_*, and the rule's id */
#define VERDICT_ENTRY_DENY	0x40000000u
#define VERDICT_ENTRY_LOG	0x20000000u
#define VERDICT_ENTRY_REJECT	0x10000000u	/* beside VERDICT_ENTRY_DENY: the sender is told */
#define VERDICT_ENTRY_ADMIN	0x08000000u	/* a rule of the admin tier: it decides for the node itself too */
#define VERDICT_ENTRY_BASELINE	0x04000000u	/* a rule of the baseline tier: it decides where no policy isolates */
#define VERDICT_ENTRY_LIMIT	0x02000000u	/* a rule with a limit; in a pair or a node of the tree: the rest is the index of their list */
#define VERDICT_ENTRY_RULE	0x01ffffffu

/*
 * The list of limited rules that allow the same is a node too: verdicts of rules in the order in which they are asked, then
 * what is the answer where all are spent: 0 or a verdict of the baseline tier.
 */

#define VERDICT_HALVES		2

/*
 * The halves are the same but while rules change: then the new roots are written into the half that is not in charge, one
 * store of state.policy puts it in charge, and once nobody reads the other it is made the same.
 */
struct verdict_pair {
	__u32 root[VERDICT_HALVES][TRAFFIC_SPACES];
};

#define VERDICT_NODE_BITS	5
#define VERDICT_NODE_ENTRIES	(1 << VERDICT_NODE_BITS)

/* Node 0 is none: its first entry is one past the last node that is taken, its second 1 if any pair is of a service. */
struct verdict_node {
	__u32 entry[VERDICT_NODE_ENTRIES];
};

/*
 * services4, services6: HASH. Each service address also has an entry with port 0 and protocol 0 (backends 0): it marks
 * the address as a service's, so that what is no port of it is rejected. Address 0 stands for all addresses of nodes: node ports.
 */
struct service4_key {
	__be32 address;
	__be16 port;
	__u8 protocol;
	__u8 outside;		/* 1: only for what comes by an uplink, and before the other */
};

struct service6_key {
	__u8 address[16];
	__be16 port;
	__u8 protocol;
	__u8 outside;
};

struct service {
	__u32 service;		/* id in the manifest, from 1 */
	__u32 port;		/* service port id in the manifest, from 1, unique over services; 0: the address alone */
	__u32 backends;		/* entries 0 .. backends - 1 of backends4 / backends6 */
	__u32 maglev;		/* the first of its lines of `maglev` */
	__u32 positions;	/* of its table there, a prime; 0: a backend is chosen at random */
	__u32 affinity;		/* how long a client stays on its backend, in the unit of struct connection.seen; 0: not at all */
	__u16 flags;		/* SERVICE_* */
	__be16 number;		/* the service's own port, by which policy knows it */
	__u32 sources;		/* of service_sources: who may connect; 0: anybody */
	__u64 name;		/* a hash of the service's name: the same in every generation */
};

#define SERVICE_LEAST_CONNECTIONS	1	/* of two at random the one with fewer connections */

/* service_sources4, service_sources6: LPM_TRIE. Whether an address is in a set of addresses, by the longest prefix; without one it is not. */
#define SOURCES_NODES	0xffffffff	/* the declared ranges of nodes */

struct service_source4_key {
	__u32 length;		/* 32, for the set, and the prefix's */
	__u32 set;
	__be32 address;
};

struct service_source6_key {
	__u32 length;
	__u32 set;
	__u8 address[16];
};

struct service_source {
	__u32 is_in;
};

/* masquerade: ARRAY, 1 entry. By what backends on other nodes know clients from outside. */
struct masquerade {
	__be32 address4;	/* 0: there is none */
	__u16 first_port;
	__u16 ports;		/* none that sockets of the node are given */
	__u8 address6[16];
};

/*
 * backends4, backends6: HASH by (service port, index). A backend of weight w has w entries, after the weights are
 * divided by their common factor, so that one uniform random index is the weighted choice. With maglev it has one.
 */
struct backend_key {
	__u32 port;		/* service port id */
	__u32 index;
};

struct backend4 {
	__be32 address;
	__be16 port;
	__u16 reserved;
};

struct backend6 {
	__u8 address[16];
	__be16 port;
	__u16 reserved;
};

/*
 * socket_namespaces: HASH by the cookie of a network namespace: the node's own, and those of its containers. Sockets of others are
 * none of ours.
 */
struct socket_namespace {
	__u32 endpoint;		/* 0: the node itself */
	__be32 address4;	/* the container's first; 0: none */
	__u8 address6[16];
};

/*
 * service_backends4, service_backends6: HASH by (service port, address). All backends, also those that get no new connections.
 * A connection to one that has no entry here has lost its backend.
 */
struct service_backend4_key {
	__u32 port;		/* struct service.port */
	__be32 address;
};

struct service_backend6_key {
	__u32 port;
	__u8 address[16];
};

struct service_backend {
	__u32 until;		/* with BACKEND_DRAINING: the time, in the unit of struct connection.seen, until which it keeps connections */
	__be16 port;
	__u16 flags;		/* BACKEND_* */
};

#define BACKEND_READY		1	/* gets new connections */
#define BACKEND_DRAINING	2

/* affinity4, affinity6: LRU_HASH. The backend that a client of a service stays on. */
struct affinity4_key {
	__u64 service;		/* struct service.name */
	__be32 client;
	__u32 reserved;
};

struct affinity6_key {
	__u64 service;
	__u8 client[16];
};

struct affinity4 {
	__be32 backend;
	__u32 seen;		/* the last new connection, in the unit of struct connection.seen */
};

struct affinity6 {
	__u8 backend[16];
	__u32 seen;
};

/*
 * backend_loads4, backend_loads6: HASH by backend, as a service4_key or service6_key. How many connections through services with
 * SERVICE_LEAST_CONNECTIONS it has: each is counted in the window of time of its last packet from the client, and no longer in
 * that of the one before. So one that ends without a word is no longer counted once its window has gone round.
 */
#define LOAD_WINDOWS		8
#define LOAD_SHORT_BITS		6	/* a window is 2^6 units of struct connection.seen: 69 s, 550 s with all others */
#define LOAD_LONG_BITS		12	/* answered TCP and SCTP: 73 min, 9.8 h, which is longer than LIFETIME_OPEN */

#define COUNTED			0x80
#define COUNTED_LONG		0x08
#define COUNTED_WINDOW		0x07

struct backend_load {
	struct bpf_spin_lock lock;
	__u32 reserved;
	__u32 window[2 * LOAD_WINDOWS];	/* which window of time it is, by its number; the long ones follow the short ones */
	__u32 count[2 * LOAD_WINDOWS];
};

/*
 * maglev: ARRAY, BPF_F_MMAPABLE. The tables of all services one behind the other, each from the beginning of a line: which of
 * the backends, by its index, has a position.
 */
#define MAGLEV_LINE	32

struct maglev_line {
	__u16 index[MAGLEV_LINE];
};

/* rule_counters: PERCPU_ARRAY indexed by rule id; 0 counts verdicts without rule. New connections judged, both directions. */
struct rule_counter {
	__u64 verdicts;
	__u64 bytes;		/* of the packets judged */
};

/* limits: HASH by rule id. What `limit` says of a rule. */
struct limit {
	__u64 each;		/* nanoseconds in which a bucket gains the token of one connection */
	__u64 burst;		/* so many nanoseconds a full bucket lasts: tokens - 1 times `each` */
	__u32 per_source;	/* 1: each source has a bucket of its own */
	__u32 reserved;
};

/*
 * limit_buckets: LRU_HASH. When the bucket will be full again, by CLOCK_MONOTONIC in nanoseconds; one without entry is full.
 * A connection pays by moving that by `each`, unless it would be later than `burst` from now.
 */
enum bucket_source {
	BUCKET_OF_ALL		= 0,	/* `source` is 0 */
	BUCKET_OF_ENDPOINT	= 1,	/* an endpoint's id */
	BUCKET_OF_IPV4		= 4,	/* the address, as __be32 */
	BUCKET_OF_IPV6		= 6,	/* the first 64 bits of the address, as __be64 */
};

struct bucket_key {
	__u32 rule;
	__u32 endpoint;		/* id of the judged one */
	__u32 kind;		/* enum bucket_source */
	__u32 reserved;
	__u64 source;
};

/* denied: PERCPU_ARRAY by hash of what the packet asked for. The verdict on it, which holds while `epoch` does. */
#define DENIED_ENTRIES 512

struct denied {
	__u8 source[16];	/* IPv4 in the first four bytes */
	__u8 destination[16];
	__u32 traffic;		/* port, protocol, family and hook */
	__u32 epoch;
	__u32 peer;		/* as in struct flow_event */
	__u32 egress_rule;	/* from here on as in struct flow_record */
	__u32 ingress_rule;
	__u8 reason;
	__u8 direction;
	__u8 egress_verdict;
	__u8 egress_reason;
	__u8 ingress_verdict;
	__u8 ingress_reason;
	__u8 logged;
	__u8 reserved[5];	/* to a cache line */
};

/*
 * goals: PERCPU_ARRAY by hash of itself. What a container of this node may reach on another, as connections in use tell: the
 * verdict that a packet to there would get, which holds while `epoch` does.
 */
#define GOALS 1024

struct goal {
	__u64 destination[2];	/* IPv4 in the first four bytes */
	__u32 traffic;		/* port, protocol and family */
	__u32 endpoint;		/* who sends */
	__u32 epoch;
	__u32 reserved;
};

/*
 * touched: ARRAY by hash of connection, time and epoch. The connections whose entry a packet of their first direction has
 * touched in this unit of time, by 32 more bits of that hash; the newest first.
 */
#define TOUCHED 32768

struct touched {
	__u32 mark[4];
};

/*
 * straight4, straight6: LPM_TRIE by prefix4_key and prefix6_key. Which destinations on other nodes packets of containers go to past the
 * host's stack; what has no entry goes by it.
 */
#define STRAIGHT_PREFIXES 1024

struct straight {
	__u32 is_allowed;
};

/*
 * routes: PERCPU_ARRAY by hash of both addresses. What the kernel's tables have said about a packet from one to the other, for as
 * long as the time is `time`.
 */
#define ROUTES 1024

struct route {
	__u8 source[16];	/* IPv4 in the first four bytes */
	__u8 destination[16];
	__u32 time;		/* as struct connection.seen */
	__u32 ifindex;		/* 0: by the host's stack */
	__u32 mtu;
	__u8 mac[12];		/* the next hop's and the device's, as a frame begins */
	__u8 reserved[8];	/* to a cache line */
};

/* programs: PROG_ARRAY of the generation's shared programs. */
enum shared_program {
	PROGRAM_NEW_CONNECTION	= 0,	/* first packets and new verdicts, seen in from_endpoint */
	PROGRAM_NEW_INGRESS	= 1,	/* the same, seen in to_endpoint */
	PROGRAM_TRANSLATE	= 2,	/* rewriting of addresses and ports, then delivery */
	PROGRAM_SLOW		= 3,	/* from_endpoint: ICMP errors, fragments, extension headers */
	PROGRAM_SLOW_INGRESS	= 4,	/* the same, seen in to_endpoint */
	PROGRAM_REJECT		= 5,	/* TCP RST and ICMP administratively prohibited */
	PROGRAM_TRANSLATE_KNOWN	= 6,	/* the rewriting alone: the container's program has found what to write */
	PROGRAM_UPLINK		= 7,	/* from_uplink: all but packets in the middle of a connection to a container */
	PROGRAM_NEW_UPLINK	= 8,	/* as PROGRAM_NEW_INGRESS, seen in from_uplink */
	PROGRAM_STRAIGHT	= 9,	/* to another node past the host's stack; empty where nothing goes that way */
	PROGRAM_STRAIGHT_KNOWN	= 10,	/* the same of packets in the middle of a connection */
	PROGRAM_COUNT		= 11,
};

/* ---- constants of one container ----------------------------------------------------------------------------- */

#define MAX_OWN_ADDRESSES 4

/*
 * `.rodata.endpoint`: set before load, frozen, so that verifier and JIT specialise from_endpoint and to_endpoint for
 * one container. The stubs use `slot` only.
 */
struct endpoint_constants {
	__u32 slot;
	__u32 endpoint;
	__u32 ifindex;			/* host-side device */
	__u32 generation;
	__u8 mac[6];			/* the container's; zero: any */
	__u8 addresses4;		/* used entries of address4 */
	__u8 addresses6;
	__be32 address4[MAX_OWN_ADDRESSES];
	__u8 address6[MAX_OWN_ADDRESSES][16];
};
