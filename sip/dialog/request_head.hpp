#pragma once

#include <offhook/sip/message/method.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// What a request says before anyone knows over which transport it leaves: all that comes from the dialog (or starts one).
/// The stack adds Via, Contact and what else belongs to the hop. RFC 3261 sections 8.1.1 and 12.2.1.1.
struct RequestHead {
  Method method = Method::Options;
  std::string request_uri;
  std::vector<std::string> routes;  ///< Route values in order.
  std::string next_hop;             ///< URI whose host gets the message.
  std::string from, to;             ///< Whole header values, tags included.
  std::string call_id;
  std::uint32_t cseq = 1;
};

}  // namespace offhook::inline v0::sip
