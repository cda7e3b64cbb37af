#include <offhook/agent/tools/pins.hpp>

namespace offhook::inline v0::agent::tools {

PinStore::PinStore(const std::vector<Pin>& pinned, Unpinned unpinned) : unpinned_(unpinned) {
  for (const Pin& pin : pinned) hashes_.insert_or_assign(pin.tool, pin.hash);
}

PinVerdict PinStore::judge(std::string_view tool, std::string_view hash) {
  const auto known = hashes_.find(tool);
  if (known != hashes_.end()) return known->second == hash ? PinVerdict::Known : PinVerdict::Changed;
  if (unpinned_ == Unpinned::Refuse || hashes_.size() >= kMaxPins) return PinVerdict::Missing;
  hashes_.emplace(tool, hash);
  return PinVerdict::New;
}

std::string_view PinStore::hash_of(std::string_view tool) const {
  const auto known = hashes_.find(tool);
  return known == hashes_.end() ? std::string_view{} : std::string_view(known->second);
}

std::string words_of(PinVerdict verdict, std::string_view known, std::string_view hash) {
  const std::string to_pin = "pin sha256 " + std::string(hash);
  switch (verdict) {
    case PinVerdict::Known:
      return {};
    case PinVerdict::New:
      return "Offhook trusts its definition from now on: sha256 " + std::string(hash);
    case PinVerdict::Missing:
      return "its definition is not pinned: read its description, and " + to_pin;
    case PinVerdict::Changed:
      return "its definition differs from the pinned one (sha256 " + std::string(known) + "): read its new description, and " + to_pin;
  }
  return {};
}

}  // namespace offhook::inline v0::agent::tools
