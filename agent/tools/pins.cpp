#include <offhook/agent/tools/pins.hpp>

namespace offhook::inline v0::agent::tools {

PinBook::PinBook(const std::vector<Pin>& pinned, Unpinned unpinned) : unpinned_(unpinned) {
  for (const Pin& pin : pinned) hashes_.insert_or_assign(pin.tool, pin.hash);
}

PinVerdict PinBook::judge(std::string_view tool, std::string_view hash) {
  const auto known = hashes_.find(tool);
  if (known != hashes_.end()) return known->second == hash ? PinVerdict::Known : PinVerdict::Changed;
  if (unpinned_ == Unpinned::Refuse || hashes_.size() >= kMaxPins) return PinVerdict::Missing;
  hashes_.emplace(tool, hash);
  return PinVerdict::New;
}

std::string_view PinBook::hash_of(std::string_view tool) const {
  const auto known = hashes_.find(tool);
  return known == hashes_.end() ? std::string_view{} : std::string_view(known->second);
}

}  // namespace offhook::inline v0::agent::tools
