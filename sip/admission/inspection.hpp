#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/model/events.hpp>

#include <optional>

namespace offhook::inline v0::sip {

struct Refused {
  int status = 0;
  HeaderList headers;
};

/// Performs the general checks of a user agent server, in the order of RFC 3261 section 8.2. Returns nullopt if the request is
/// acceptable. Not for ACK.
[[nodiscard]] std::optional<Refused> inspect(const Message& request, const Capabilities& can);

}  // namespace offhook::inline v0::sip
