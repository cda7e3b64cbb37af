#include <offhook/sip/stack/outcomes.hpp>

#include <offhook/sip/stack/account_table.hpp>
#include <offhook/sip/stack/call_table.hpp>
#include <offhook/sip/stack/client_requests.hpp>
#include <offhook/sip/stack/publication_table.hpp>
#include <offhook/sip/stack/request_table.hpp>
#include <offhook/sip/stack/subscription_table.hpp>

namespace offhook::inline v0::sip {

void Outcomes::deliver(base::TimePoint now) {
  while (const auto outcome = shared_.clients.take_outcome()) {
    switch (outcome->owner.kind) {
      case Owner::Kind::Nobody: break;
      case Owner::Kind::Account: shared_.accounts.on_outcome(*outcome, now); break;
      case Owner::Kind::Session: shared_.calls.on_outcome(*outcome, now); break;
      case Owner::Kind::Subscription: shared_.subscriptions.on_outcome(*outcome, now); break;
      case Owner::Kind::Publication: shared_.publications.on_outcome(*outcome, now); break;
      case Owner::Kind::Request: shared_.requests.on_outcome(*outcome, now); break;
    }
  }
  shared_.calls.collect();
  shared_.accounts.collect();
}

}  // namespace offhook::inline v0::sip
