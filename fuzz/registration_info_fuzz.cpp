// A reginfo document as a notifier may write it, read, put into a table, and written again.
#include <offhook/sip/subscription/packages/registration_info.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace packages = offhook::sip::packages;

namespace {

void require(bool ok) {
  if (!ok) std::abort();  // Not assert: the fuzzer runs release builds too.
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto info = packages::parse_registration_info({reinterpret_cast<const char*>(data), size});
  if (!info) return 0;
  require(info->registrations.size() <= packages::kMaxRows);
  packages::RegistrationTable table;
  (void)table.apply(*info);
  (void)table.apply(*info);
  require(table.registrations().size() <= packages::kMaxRows);
  // What is written is well-formed: it is read again, unless escapes have made it too large.
  const auto text = packages::write_registration_info(*info);
  const auto again = packages::parse_registration_info(text);
  require(again ? again->version == info->version && again->registrations.size() == info->registrations.size()
                : text.size() > packages::kMaxBodyBytes);
  return 0;
}
