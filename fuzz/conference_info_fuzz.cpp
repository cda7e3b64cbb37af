// The input is a conference-info document from a notifier. The target parses it, applies it to tables, and writes it again.
#include <offhook/fuzz/event_document.hpp>
#include <offhook/sip/subscription/packages/conference_info.hpp>

namespace packages = offhook::sip::packages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  offhook::fuzz::check_document<packages::ConferenceTable>(
      {reinterpret_cast<const char*>(data), size}, packages::parse_conference_info, packages::write_conference_info,
      [](const auto& info) -> const auto& { return info.users; }, [](const auto& table) -> const auto& { return table.users(); });
  return 0;
}
