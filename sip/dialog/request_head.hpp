#pragma once

#include <offhook/sip/message/method.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// The parts of a request that do not depend on the transport: they come from the dialog, or start one. The stack adds Via,
/// Contact and the other fields of the hop. RFC 3261 sections 8.1.1 and 12.2.1.1.
struct RequestHead {
  Method method = Method::Options;
  std::string request_uri;
  std::vector<std::string> routes;  ///< Route values, in order
  std::string next_hop;             ///< the URI whose host receives the message
  std::string from, to;             ///< complete header values, with tags
  std::string call_id;
  std::uint32_t cseq = 1;
};

}  // namespace offhook::inline v0::sip
