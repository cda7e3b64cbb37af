#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <functional>
#include <string>

namespace offhook::inline v0::agent {

/// A failure of a provider's service that no session event reports, because the call continues.
struct ServiceFailure {
  Stage stage{};
  std::string service;  ///< "NAME/speak". A part itself sets "", or the name of a stage that is not its own; the session factory completes it
  std::string instead;  ///< the service that replaces the failed service now; "": none
  std::string why;
  FailureKind kind{};
};

/// Gets failures, on the thread of the call or of the rehearsal.
using ReportFailure = std::function<void(ServiceFailure)>;

}  // namespace offhook::inline v0::agent
