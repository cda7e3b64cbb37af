// The input is the packets of a stream in any order. A model that stores every packet computes the expected result. An octet below 0x80 is
// the next packet. An octet from 0x80 to 0xEF moves the sequence number by -48 to 63. A higher octet moves it by up to 105. The octet 0xFF
// starts another sequence. The lowest bit says that the packet was late.
#include <offhook/fuzz/require.hpp>
#include <offhook/rtp/loss_pattern.hpp>

#include <cmath>
#include <map>
#include <vector>

using namespace offhook;

namespace {

/// Computes the result from all packets together, exactly as RFC 3611 section 4.7.2 defines it.
class Model {
 public:
  void on_packet(std::int64_t sequence, bool in_time) {
    if (here_.empty()) newest_ = begin_ = sequence;
    if (sequence <= newest_ - static_cast<std::int64_t>(rtp::kOpenPackets) || sequence < begin_) return;
    newest_ = std::max(newest_, sequence);
    here_.emplace(sequence, in_time);
  }
  void restart() {
    if (here_.empty()) return;
    for (auto at = begin_; at <= newest_; ++at) {
      const auto found = here_.find(at);
      fates_.push_back(found == here_.end() ? 'l' : found->second ? 'r' : 'd');
    }
    here_.clear();
  }
  void compare(const rtp::LossFigures& figures) {
    restart();
    std::uint64_t lost = 0, discarded = 0, bursts = 0, in_bursts = 0;
    for (std::size_t i = 0; i < fates_.size(); ++i) {
      lost += fates_[i] == 'l' ? 1U : 0U;
      discarded += fates_[i] == 'd' ? 1U : 0U;
    }
    for (std::size_t i = 0; i < fates_.size(); ++i) {
      if (fates_[i] == 'r') continue;
      std::size_t last = i;
      for (std::size_t next = i + 1; next < fates_.size() && next - last <= rtp::kGmin; ++next) {
        if (fates_[next] != 'r') last = next;
      }
      if (last > i) {
        ++bursts;
        in_bursts += last - i + 1;
      }
      i = last;
    }
    fuzz::require(figures.lost == lost && figures.discarded == discarded && figures.received == fates_.size() - lost - discarded);
    fuzz::require(figures.bursts == bursts);
    fuzz::require(std::abs(figures.burst_packets * static_cast<double>(bursts) - static_cast<double>(in_bursts)) < 1e-6);
    fuzz::require(figures.burst_density >= 0 && figures.burst_density <= 1 && figures.gap_density <= 1.0 / (rtp::kGmin + 1) + 1);
    fuzz::require(figures.burst_ratio >= 1 && figures.burst_ratio <= 8);
  }

 private:
  std::int64_t begin_ = 0, newest_ = 0;
  std::map<std::int64_t, bool> here_;
  std::vector<char> fates_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  rtp::LossPattern pattern;
  Model model;
  std::int64_t sequence = 1 << 20;
  for (std::size_t i = 0; i < std::min<std::size_t>(size, 4096); ++i) {
    if (data[i] == 0xFF) {
      pattern.restart();
      model.restart();
      continue;
    }
    sequence += data[i] < 0xF0 ? (data[i] < 0x80 ? 1 : data[i] - 0xB0) : (data[i] - 0xEF) * 7;
    pattern.on_packet(static_cast<std::uint16_t>(sequence), (data[i] & 1) == 0);
    model.on_packet(sequence, (data[i] & 1) == 0);
  }
  model.compare(pattern.figures());
  return 0;
}
