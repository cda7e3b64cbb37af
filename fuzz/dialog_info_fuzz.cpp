// The input is a dialog-info document from a notifier. The target parses it, applies it to a table, and writes it again.
#include <offhook/fuzz/event_document.hpp>
#include <offhook/sip/subscription/packages/dialog_info.hpp>

namespace packages = offhook::sip::packages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  offhook::fuzz::check_document<packages::DialogTable>(
      {reinterpret_cast<const char*>(data), size}, packages::parse_dialog_info,
      [](const auto& info) { return packages::write_dialog_info(info); },
      [](const auto& info) -> const auto& { return info.dialogs; },
      [](const auto& table) -> const auto& { return table.dialogs(); });
  return 0;
}
