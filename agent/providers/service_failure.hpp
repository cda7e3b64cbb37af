#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <functional>
#include <string>

namespace offhook::inline v0::agent {

/// A provider's service did not do what it was asked for, and no event of a session tells of it: the call goes on.
struct ServiceFailure {
  Stage stage{};
  std::string service;  ///< "openai/speak"; from a part: "" for the part's own stage, or the name of another stage
  std::string instead;  ///< who does it now; "": nobody
  std::string why;
  FailureKind kind{};
};

/// Called on the thread of the call, or of the rehearsal.
using TellFailure = std::function<void(ServiceFailure)>;

}  // namespace offhook::inline v0::agent
