// The input is a frame of the Unified Speech Protocol. Checks that the parser reads only within the frame, and that a frame does not change
// when it is written and parsed again.
#include "require.hpp"

#include <offhook/agent/providers/azure/usp_frame.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace azure = offhook::agent::azure;
using offhook::fuzz::require;

namespace {

bool lies_within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void look_at(std::string_view frame, bool binary) {
  const auto message = binary ? azure::parse_usp_binary(frame) : azure::parse_usp_text(frame);
  if (!message) {
    require(to_string(message.error()) != "?");
    return;
  }
  for (const auto part : {message->path, message->request_id, message->content_type, message->stream_id, message->body}) require(lies_within(part, frame));
  require(!message->path.empty());
  const azure::UspOutgoing again{binary, std::string(message->path), std::string(message->request_id), std::string(message->content_type),
                                 std::string(message->body)};
  const std::string written = azure::write_usp(again, "2026-07-01T12:00:00.250Z");
  const auto reread = binary ? azure::parse_usp_binary(written) : azure::parse_usp_text(written);
  if (!reread) {
    require(reread.error() == azure::UspError::HeaderTooLong);  // The lines that the writer adds may exceed the limit of the header.
    return;
  }
  require(reread->path == message->path && reread->request_id == message->request_id && reread->body == message->body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  look_at(bytes, false);
  look_at(bytes, true);
  return 0;
}
