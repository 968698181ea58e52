/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The whole library, in the order of the packet's way. README.md says what a source defines before and after this. */
#pragma once

#include "stub.h"
#include "from_endpoint.h"
#include "to_endpoint.h"
#include "slow.h"
#include "uplink.h"
#include "new_connection.h"
#include "translate.h"
#include "translate_known.h"
#include "reject.h"
#include "straight.h"
#include "xdp_uplink.h"
#include "socket.h"
#include "verdict_tables.h"

char _license[] SEC("license") = "Dual BSD/GPL";
