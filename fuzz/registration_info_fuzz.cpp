// The input is a reginfo document from a notifier. The target parses it, applies it to a table, and writes it again.
#include <offhook/fuzz/event_document.hpp>
#include <offhook/sip/subscription/packages/registration_info.hpp>

namespace packages = offhook::sip::packages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  offhook::fuzz::check_document<packages::RegistrationTable>(
      {reinterpret_cast<const char*>(data), size}, packages::parse_registration_info, packages::write_registration_info,
      [](const auto& info) -> const auto& { return info.registrations; }, [](const auto& table) -> const auto& { return table.registrations(); });
  return 0;
}
