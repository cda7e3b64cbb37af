#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/model/counters.hpp>
#include <offhook/sip/stack/account_table.hpp>
#include <offhook/sip/stack/client_requests.hpp>
#include <offhook/sip/stack/outbox.hpp>
#include <offhook/sip/stack/outcomes.hpp>
#include <offhook/sip/stack/server_requests.hpp>

namespace offhook::inline v0::sip {

struct StackOptions;

/// Parts of the stack, which must outlive the tables that use this struct.
struct StackParts {
  transaction::Timers timers;
  base::Random& random;
  Outbox& outbox;
  ClientRequests& clients;
  ServerRequests& servers;
  AccountTable& accounts;
  Outcomes& outcomes;
  StackCounters& counters;
  const StackOptions& options;
};

}  // namespace offhook::inline v0::sip
