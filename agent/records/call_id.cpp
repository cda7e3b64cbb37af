#include <offhook/agent/records/call_id.hpp>

#include <offhook/base/random.hpp>

namespace offhook::inline v0::agent::records {

std::string new_call_id() {
  base::SystemRandom random;
  return random.token().substr(0, kCallIdBytes);
}

bool may_mean_call(std::string_view name, std::string_view id) {
  return name == id ? !id.empty() : name.size() >= kMinIdBeginning && id.starts_with(name);
}

}  // namespace offhook::inline v0::agent::records
