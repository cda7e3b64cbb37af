#include <offhook/agent/providers/heard_turn.hpp>

#include <utility>

namespace offhook::inline v0::agent {

void HeardTurn::begin(std::uint32_t turn, std::uint32_t rate_hz) {
  clear();
  turn_ = turn;
  rate_hz_ = rate_hz;
  all_.begin(rate_hz);
}

void HeardTurn::go_on(std::uint32_t turn) {
  if (!first_) {
    first_ = turn_;
    since_.begin(rate_hz_);
  }
  turn_ = turn;  // A third part becomes a part of the second half.
}

void HeardTurn::append(std::span<const std::int16_t> pcm) {
  all_.append(pcm);
  if (first_) since_.append(pcm);
}

bool HeardTurn::on_words(std::uint32_t turn) {
  if (!first_ || *first_ != turn) return false;
  first_.reset();
  all_ = std::exchange(since_, {});
  return true;
}

std::vector<std::int16_t> HeardTurn::take_over(std::uint32_t rate_hz) {
  std::vector<std::int16_t> pcm = all_.at(rate_hz);
  begin(turn_, rate_hz);
  append(pcm);
  return pcm;
}

void HeardTurn::clear() {
  first_.reset();
  all_.clear();
  since_.clear();
}

}  // namespace offhook::inline v0::agent
