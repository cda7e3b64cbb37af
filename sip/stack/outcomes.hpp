#pragma once

#include <offhook/base/time.hpp>

namespace offhook::inline v0::sip {

class AccountTable;
class CallTable;
class ClientRequests;
class PublicationTable;
class RequestTable;
class SubscriptionTable;

/// Passes the outcome of each request of ours to the part of the stack that owns the request.
class Outcomes {
 public:
  struct Shared {  ///< parts of the stack, which must outlive this object
    ClientRequests& clients;
    AccountTable& accounts;
    CallTable& calls;
    SubscriptionTable& subscriptions;
    PublicationTable& publications;
    RequestTable& requests;
  };

  explicit Outcomes(Shared shared) : shared_(shared) {}
  /// Passes on outcomes until there are no more, and deletes what has ended. Each operation and each event of the stack ends with
  /// this call.
  void deliver(base::TimePoint now);

 private:
  Shared shared_;
};

}  // namespace offhook::inline v0::sip
