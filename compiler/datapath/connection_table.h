/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of connections: sets of ways in an array (abi.h). The kernel's LRU_HASH takes 330 ns to insert and four cache
 * lines to look up (decision 10).
 *
 * Whoever writes more than `seen` or `answered` holds the set's lock. Whoever reads takes no lock: a tag, then `version`,
 * key and fields, then `version` again. That holds where loads and stores stay in order, as on x86; elsewhere a reader
 * that runs into a writer's few nanoseconds may take old for new, as every reader of the kernel's own LRU may.
 */
#pragma once

#include "maps.h"
#include "parse.h"

#define TAG_LANES	0x0001000100010001ULL
#define TAG_BITS	16
#define TAG_NUMBERS	0x7fff		/* a tag has 15 bits: what is added to a lane stays in it */

/* Position 16 * l + TAG_FIRST + k of every tag there is (l and k below 4), but of the one that has no way. */
#define TAG_FIRST	12
#define TAG_POSITIONS	0xe000f000f000f000ULL

/* How many entries of one tag are compared. There is a fifth in one of 10^13 sets. */
#define CANDIDATES	4

/*
 * The way of a tag at a position, given as its bit. Each group of 16 bits begins with a part of the de Bruijn sequence
 * 0000100110101111, so that the four bits at every position are a number of their own; 15 is at the one without a way.
 */
static __always_inline __u32 connection_way(__u64 bit)
{
	return bit * 0x08009a00ae00fULL >> 60;
}

/* The bit of a way: the inverse, four bits of a number for each way. */
static __always_inline __u64 connection_bit(__u32 way)
{
	__u32 number = 0xcd7ea84fb6935210ULL >> (4 * way) & 15;

	return 1ULL << (TAG_FIRST + (number >> 2) * TAG_BITS + (number & 3));
}

/*
 * Where the entry of these tags is before any other way is looked at: there it is found without the line of tags. An entry
 * has its home unless another one was there when it came.
 */
static __always_inline __u32 home_way(__u64 tags)
{
	return (__u32)(tags & TAG_NUMBERS) * CONNECTION_WAYS >> 15;
}

/*
 * The same number by way of memory, of which the verifier knows nothing: or else it follows all that comes for each way
 * on which the number came about.
 */
static __always_inline __u64 unfollowed(struct work *work, __u64 number)
{
	*(volatile __u64 *)&work->scratch = number;
	return *(volatile __u64 *)&work->scratch;
}

/* Two words of 32 bits in the order of memory. */
static __always_inline __u64 word_pair(__u32 first, __u32 second)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? first | (__u64)second << 32 : (__u64)first << 32 | second;
}

/* The last eight bytes of a key. */
static __always_inline __u64 key_tail(__u32 ports, __u8 protocol, __u8 requester)
{
	return word_pair(ports, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? protocol | requester << 8 :
									   (__u32)protocol << 24 | requester << 16);
}

static __always_inline __u8 key_protocol(const __u64 *key, const bool is_ipv6)
{
	return ((const __u8 *)key)[is_ipv6 ? offsetof(struct connection6_key, protocol) : offsetof(struct connection4_key, protocol)];
}

#define KEY4_WORDS (sizeof(struct connection4_key) / 8)
#define KEY6_WORDS (sizeof(struct connection6_key) / 8)

/* Of struct connection. */
#define ENTRY_WORDS(is_ipv6) \
	(int)((is_ipv6 ? sizeof(struct connection) : sizeof(((struct connection4_entry *)0)->connection)) / 8)

_Static_assert(sizeof(struct connection_set) == 64, "tags are in one cache line");
_Static_assert(sizeof(struct connection4_entry) == 64, "an entry is a cache line");
_Static_assert(sizeof(struct connection6_entry) == 128, "an entry is two cache lines");
_Static_assert(offsetof(struct connection6_entry, connection) + offsetof(struct connection, endpoint) == 64,
	       "what a packet reads is in the first");

static __always_inline struct connection_set *set_at(__u32 index, const bool is_ipv6)
{
	struct connection_set *set;

	/* Two calls, kept apart by a barrier: a look-up of one array the kernel puts in line, one of either it calls. */
	if (is_ipv6) {
		set = bpf_map_lookup_elem(&connections6, &index);
		barrier();
	} else {
		set = bpf_map_lookup_elem(&connections4, &index);
	}
	return set;
}

/*
 * Pair-multiply-shift (Thorup, High Speed Hashing for Integers and Strings, 3.5) over the upper and the lower half of each
 * word: of two keys the upper 32 bits are the same as seldom as of random numbers, whoever chose the keys. (The lower half is
 * not cut out: where the upper ones are the same, that changes nothing, and where they differ, so do the products, by the first
 * secret times their difference.)
 */
static __always_inline __u64 connection_hash(const __u64 *key, const bool is_ipv6)
{
	__u64 hash = 0;
	int i;

	unroll
	for (i = 0; i < (int)(is_ipv6 ? KEY6_WORDS : KEY4_WORDS); i++)
		hash += (node_constants.connection_secret[2 * i] + key[i]) *
			(node_constants.connection_secret[2 * i + 1] + (key[i] >> 32));
	return hash;
}

/* Spreads what the sum above leaves in a row: keys that differ in one number by the same each time. */
static __always_inline __u64 spread(__u64 hash)
{
	return (hash ^ hash >> 32) * 0x9e3779b97f4a7c15ULL;
}

/* The index of the set, and the tag in all lanes. */
static __always_inline __u32 set_index(__u64 hash, __u64 *tags)
{
	hash = spread(hash) >> 32;
	*tags = ((hash & TAG_NUMBERS) | 1) * TAG_LANES;
	return hash * CONNECTION_SETS >> 32;
}

static __always_inline __u32 key_set_index(const __u64 *key, const bool is_ipv6, __u64 *tags)
{
	return set_index(connection_hash(key, is_ipv6), tags);
}

/* A bit at the position of each lane that is the same as that of `tags`. */
static __always_inline __u64 connection_ways(const struct connection_set *set, __u64 tags)
{
	__u64 others = 0;
	int i;

	unroll
	for (i = 0; i < CONNECTION_TAG_WORDS; i++)
		others |= (((set->tags[i] ^ tags) + TAG_NUMBERS * TAG_LANES) & TAG_LANES << (TAG_BITS - 1)) >>
			  (CONNECTION_TAG_WORDS - 1 - i);
	return ~others & TAG_POSITIONS;
}

static __always_inline __u64 *entry_key(struct connection_set *set, __u32 way, const bool is_ipv6)
{
	return (void *)(set + 1) + way * (is_ipv6 ? sizeof(struct connection6_entry) : sizeof(struct connection4_entry));
}

static __always_inline struct connection *key_connection(__u64 *key, const bool is_ipv6)
{
	return (void *)(key + (is_ipv6 ? KEY6_WORDS : KEY4_WORDS));
}

static __always_inline bool same_key(const __u64 *a, const __u64 *b, const bool is_ipv6)
{
	return a[0] == b[0] && a[1] == b[1] && (!is_ipv6 || (a[2] == b[2] && a[3] == b[3] && a[4] == b[4]));
}

/* `version` of an entry that nobody writes; of one being written, what it never has again. */
static __always_inline __u32 version_before(const struct connection *connection)
{
	__u32 version = *(const volatile __u32 *)&connection->version & ~1u;

	barrier();
	return version;
}

/* Everything read since version_before is of one connection. */
static __always_inline bool is_unchanged(const struct connection *connection, __u32 version)
{
	barrier();
	return *(const volatile __u32 *)&connection->version == version;
}

enum reading {
	READING_NONE	= 0,	/* there is no such entry */
	READING_DONE	= 1,
	READING_CHANGED	= 2,	/* it was written to meanwhile */
};

/* Copies the entry of a way, if it is of work's key. */
static __always_inline enum reading read_way(struct work *work, const struct connection_set *set, __u32 way, const bool is_ipv6)
{
	struct place *place = &work->place[PLACE_FOUND];
	struct connection *connection;
	__u64 *entry;
	int i;

	if (way >= CONNECTION_WAYS)
		return READING_NONE;
	entry = entry_key((void *)set, way, is_ipv6);
	connection = key_connection(entry, is_ipv6);
	place->way = way;
	place->version = version_before(connection);
	if (!same_key(entry, work->key, is_ipv6))
		return READING_NONE;
	unroll
	for (i = 0; i < ENTRY_WORDS(true); i++)
		((word64 *)&work->found)[i] = i < ENTRY_WORDS(is_ipv6) ? ((word64 *)connection)[i] : 0;
	return is_unchanged(connection, place->version) ? READING_DONE : READING_CHANGED;
}

/*
 * Copies the entry of work's key. A tag, not home, says that there is one (a freed entry has a key without ports, which a
 * packet may have too); but home is read first, so that its line comes while that of the tags does: a new entry goes there.
 */
static __always_inline enum reading read_entry(struct work *work, const struct connection_set *set, __u64 tags,
					       const bool is_ipv6)
{
	__u32 home = unfollowed(work, home_way(tags));
	__u64 ways;
	int i;

	if (home < CONNECTION_WAYS)
		*(const volatile __u64 *)entry_key((void *)set, home, is_ipv6);
	ways = connection_ways(set, tags);
	for (i = 0; i < CANDIDATES && ways; i++) {
		enum reading reading = read_way(work, set, connection_way(ways & -ways), is_ipv6);

		if (reading != READING_NONE)
			return reading;
		ways &= ways - 1;
	}
	return READING_NONE;
}

/*
 * Who meets a writer waits for it: not to know a connection that there is would be a verdict in the direction of this
 * packet, which may be an answer.
 */
static __always_inline bool table_read(struct work *work, const bool is_ipv6)
{
	__u64 tags;
	__u32 index = key_set_index(work->key, is_ipv6, &tags);
	struct connection_set *set = set_at(index, is_ipv6);
	enum reading reading;

	work->place[PLACE_FOUND].set = index;
	if (!set)
		return false;
	reading = read_entry(work, set, tags, is_ipv6);
	if (reading == READING_CHANGED) {
		bpf_spin_lock(&set->lock);
		reading = read_entry(work, set, tags, is_ipv6);
		bpf_spin_unlock(&set->lock);
	}
	return reading == READING_DONE;
}

static __always_inline void put_tag(struct connection_set *set, __u64 bit, __u16 tag)
{
	int i;

	unroll
	for (i = 0; i < CONNECTION_TAG_WORDS; i++) {
		__u64 lane = bit >> (TAG_FIRST + i) & TAG_LANES;

		set->tags[i] = (set->tags[i] & ~(lane * 0xffff)) | lane * tag;
	}
}

/* Under the lock: nobody's key, so that it is not found at home. Protocol 0 has no ports. */
static __always_inline void put_no_key(__u64 *entry, const bool is_ipv6)
{
	entry[(is_ipv6 ? KEY6_WORDS : KEY4_WORDS) - 1] = 0;
}

/* Under the lock: the way of the key, as a bit of connection_ways, or 0. */
static __always_inline __u64 way_of_key(struct connection_set *set, __u64 tags, const __u64 *key, const bool is_ipv6)
{
	__u64 ways = connection_ways(set, tags);
	int i;

	for (i = 0; i < CANDIDATES && ways; i++) {
		__u64 bit = ways & -ways;
		__u32 way = connection_way(bit);

		ways &= ways - 1;
		if (way < CONNECTION_WAYS && same_key(entry_key(set, way, is_ipv6), key, is_ipv6))
			return bit;
	}
	return 0;
}

/* Writes work->found back to where it was read, all but its key. False: the place is another connection's by now. */
static __always_inline bool table_update(struct work *work, __u32 which, const bool is_ipv6)
{
	struct place *place = &work->place[which & 1];
	const struct connection *found = &work->found;
	struct connection_set *set = set_at(place->set, is_ipv6);
	struct connection *connection;
	__u32 way = place->way;

	if (!set || way >= CONNECTION_WAYS)
		return false;
	connection = key_connection(entry_key(set, way, is_ipv6), is_ipv6);
	bpf_spin_lock(&set->lock);
	if (connection->version != place->version) {
		bpf_spin_unlock(&set->lock);
		return false;
	}
	place->version += 2;
	*(volatile __u32 *)&connection->version = place->version - 1;
	barrier();
	connection->epoch = found->epoch;
	connection->seen = found->seen;
	if (which == PLACE_FOUND) {
		connection->flags = found->flags;
		connection->counted = found->counted;
	}
	connection->closed = found->closed;
	if (found->answered)
		connection->answered = 1;
	/* Of a masqueraded connection each entry has a port of its own there. */
	if (!(found->flags & CONNECTION_MASQUERADED)) {
		connection->ifindex[0] = found->ifindex[0];
		connection->ifindex[1] = found->ifindex[1];
	}
	connection->service = found->service;
	barrier();
	*(volatile __u32 *)&connection->version = place->version;
	bpf_spin_unlock(&set->lock);
	return true;
}

static __always_inline void table_forget(struct work *work, const bool is_ipv6)
{
	__u64 tags;
	struct connection_set *set = set_at(key_set_index(work->key, is_ipv6, &tags), is_ipv6);
	__u64 bit;
	__u32 way;

	if (!set)
		return;
	bpf_spin_lock(&set->lock);
	bit = way_of_key(set, tags, work->key, is_ipv6);
	way = connection_way(bit);
	if (bit && way < CONNECTION_WAYS) {
		put_tag(set, bit, 0);
		put_no_key(entry_key(set, way, is_ipv6), is_ipv6);
	}
	bpf_spin_unlock(&set->lock);
}
