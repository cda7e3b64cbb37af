#include <offhook/tests/services/ollama/model_memory.hpp>

#include <algorithm>

namespace offhook::services::ollama {

const std::map<std::string, ModelMemory::Loaded>& ModelMemory::loaded(base::TimePoint now) {
  std::erase_if(loaded_, [now](const auto& model) { return model.second.until <= now; });
  return loaded_;
}

base::TimePoint ModelMemory::load(const std::string& name, std::int64_t context_tokens, base::TimePoint now) {
  const auto& all = loaded(now);
  const auto known = all.find(name);
  if (known == all.end() || known->second.context_tokens != context_tokens) loaded_[name] = {context_tokens, now + scenario_.load};
  return std::max(loaded_[name].ready, now);
}

void ModelMemory::keep(const std::string& name, base::TimePoint end, base::Duration keep_alive) {
  const bool for_ever = keep_alive < base::Duration::zero() || end == base::TimePoint::max();
  loaded_[name].until = for_ever ? base::TimePoint::max() : end + keep_alive;
}

std::optional<base::TimePoint> ModelMemory::turn_of(base::TimePoint now) {
  std::erase_if(ends_, [now](const auto& answer) { return answer.second <= now; });
  if (scenario_.parallel == 0 || ends_.size() < scenario_.parallel) return now;
  if (ends_.size() - scenario_.parallel >= scenario_.max_queue) return std::nullopt;
  std::vector<base::TimePoint> ends;
  for (const auto& [request, end] : ends_) ends.push_back(end);
  std::sort(ends.begin(), ends.end());
  return ends[ends.size() - scenario_.parallel];
}

}  // namespace offhook::services::ollama
