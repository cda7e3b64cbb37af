#include <offhook/agent/providers/embedded/slot_values.hpp>

#include <offhook/agent/providers/embedded/spoken_number.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::embedded {

std::string_view SlotValues::get(std::string_view slot) const {
  const auto found = values_.find(slot);
  return found == values_.end() ? std::string_view{} : found->second;
}

std::string SlotValues::fill(std::string_view text) const {
  std::string filled;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    filled += text.substr(0, open);
    text.remove_prefix(open);
    const auto close = text.find('}');
    if (text.empty() || close == std::string_view::npos) break;
    const auto name = text.substr(1, close - 1);
    const Slot* known = dialogue_.find_slot(name);
    filled += known != nullptr && known->type == Slot::Type::Digits ? read_digits(get(name)) : std::string(get(name));
    text.remove_prefix(close + 1);
  }
  return filled;
}

}  // namespace offhook::inline v0::agent::embedded
