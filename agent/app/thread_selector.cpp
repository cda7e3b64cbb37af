#include <offhook/agent/app/thread_selector.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

std::size_t ThreadSelector::next(std::span<const base::Duration> late) {
  std::size_t chosen = next_ % late.size();
  for (std::size_t tried = 0; tried < late.size() && !answers(late[chosen]); ++tried) chosen = (chosen + 1) % late.size();
  if (!answers(late[chosen])) chosen = static_cast<std::size_t>(std::min_element(late.begin(), late.end()) - late.begin());
  next_ = chosen + 1;
  return chosen;
}

}  // namespace offhook::inline v0::agent
