#pragma once

#include <offhook/tests/sim/town.hpp>

#include <string>
#include <vector>

namespace offhook::sim {

inline constexpr unsigned kCallsPerWorld = 5;

/// The numbers of events of many worlds together, and their problems.
struct Lives {
  Happenings happenings;
  std::map<std::string, std::uint64_t> sent;
  std::uint64_t worlds = 0;
  double years = 0;
  std::vector<std::string> complaints;
  static constexpr std::size_t kMaxComplaints = 20;

  void live(std::uint64_t seed, Trouble trouble) {
    Town town(seed, trouble, kCallsPerWorld);
    ++worlds;
    years += std::chrono::duration<double>(town.lived()).count() / (365.25 * 86400);
    add(happenings, town.happenings());
    add(sent, town.sent());
    const std::string complaint = town.complaint();
    if (complaint.empty() || complaints.size() >= kMaxComplaints) return;
    complaints.push_back(to_string(trouble) + ", OFFHOOK_SEED=" + std::to_string(seed) + ": " + complaint);
  }
  void add(const Lives& other) {
    worlds += other.worlds;
    years += other.years;
    add(happenings, other.happenings);
    add(sent, other.sent);
    complaints.insert(complaints.end(), other.complaints.begin(), other.complaints.end());
  }
  [[nodiscard]] std::uint64_t count(const std::string& what) const {
    const auto at = happenings.find(what);
    return at == happenings.end() ? 0 : at->second;
  }
  [[nodiscard]] std::uint64_t messages() const {
    std::uint64_t all = 0;
    for (const auto& [what, times] : sent) all += times;
    return all;
  }
  /// Returns a summary in one line.
  [[nodiscard]] std::string told() const {
    std::string text = std::to_string(count("calls")) + " calls in " + std::to_string(worlds) + " worlds, " +
                       std::to_string(messages()) + " messages;";
    for (const auto& [what, times] : happenings) {
      if (what != "calls") text += " " + what + " " + std::to_string(times) + ",";
    }
    for (const auto* what : {"PRACK", "UPDATE", "REFER", "422", "481", "491", "500"}) {
      const auto at = sent.find(what);
      if (at != sent.end()) text += " " + at->first + " " + std::to_string(at->second) + ",";
    }
    text.back() = '.';
    return text;
  }

 private:
  static void add(std::map<std::string, std::uint64_t>& to, const std::map<std::string, std::uint64_t>& from) {
    for (const auto& [what, times] : from) to[what] += times;
  }
};

}  // namespace offhook::sim
