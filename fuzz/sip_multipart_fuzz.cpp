// The input is a multipart body of a peer. The first line is the content type, and the other lines are the body.
#include "require.hpp"

#include <offhook/sip/message/multipart.hpp>

#include <cstdint>
#include <string_view>

using offhook::fuzz::require;

namespace {

namespace sip = offhook::sip;

bool is_within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto type = text.substr(0, line);
  const auto body = line == std::string_view::npos ? std::string_view() : text.substr(line + 1);
  std::size_t octets = 0;
  if (const auto parts = sip::split_multipart(type, body)) {
    require(parts->size() <= sip::kMaxBodyParts);
    for (const auto& part : *parts) {
      require(is_within(part.body, body));
      octets += part.body.size();
    }
  }
  require(octets <= body.size());
  const auto found = sip::find_part(type, body, "application/sdp");
  if (found && found->part) require(is_within(found->part->body, body));
  return 0;
}
