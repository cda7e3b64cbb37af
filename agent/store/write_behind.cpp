#include <offhook/agent/store/write_behind.hpp>

#include <offhook/agent/support/log.hpp>

#include <fmt/format.h>

namespace offhook::inline v0::agent::store {

std::string_view to_string(State state) {
  switch (state) {
    case State::Writing: return "writing";
    case State::Failing: return "failing";
    case State::Losing: return "losing";
  }
  return "";
}

void StoreLog::failing(const std::error_code& why, const BacklogCounters& counters) const {
  log::error(events.failing,
             {{"folder", folder}, {"detail", why.message()}, {"waiting", counters.waiting}, {"refused", counters.refused}});
}

void StoreLog::back(const BacklogCounters& counters) const {
  log::warning(events.back, {{"folder", folder}, {"refused", counters.refused}});
}

void StoreLog::losing() const {
  log::error(events.losing,
             {{"folder", folder},
              {"detail", fmt::format("the disk accepts no data, and the memory for {0} is full: calls continue, and their {0} are lost", what)}});
}

void StoreLog::lost(std::size_t waiting) const {
  log::error(events.lost, {{"folder", folder}, {items, waiting}, {"detail", "the disk accepted no data until Offhook ended"}});
}

}  // namespace offhook::inline v0::agent::store
