#pragma once

#include <offhook/sip/model/flow.hpp>
#include <offhook/sip/stack/outgoing.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::sip {

/// Provides values that depend on the flow by which a request leaves.
class ContactSource {
 public:
  virtual ~ContactSource() = default;
  /// Returns our Contact for the flow of a request; "" if the request has no Contact.
  [[nodiscard]] virtual std::string contact(const Owner& owner, Method method, const Flow& flow) = 0;
  /// Returns the flow of the last message in the owner's dialog.
  [[nodiscard]] virtual std::optional<Flow> way(const Owner& owner) const = 0;
};

}  // namespace offhook::inline v0::sip
