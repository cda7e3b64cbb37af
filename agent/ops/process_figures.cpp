#include <offhook/agent/ops/process_figures.hpp>

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

namespace offhook::inline v0::agent {

namespace {

std::string read_all(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end != text.data() ? std::optional(value) : std::nullopt;
}

/// Returns the fields of proc_pid_stat(5) from the third field on. The second field, the program's name, is in parentheses and may contain any
/// character.
std::vector<std::string> fields_of_stat(const std::string& stat) {
  const auto end_of_name = stat.rfind(')');
  if (end_of_name == std::string::npos) return {};
  std::istringstream rest(stat.substr(end_of_name + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

/// Returns the number that follows `name` in `text` and ends at the next blank.
std::optional<double> number_behind(std::string_view text, std::string_view name) {
  const auto at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const auto begin = text.find_first_not_of(' ', at + name.size());
  return begin == std::string_view::npos ? std::nullopt : number_of(text.substr(begin));
}

std::optional<double> open_descriptors(const std::string& proc) {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator at(proc + "/fd", error), end; !error && at != end; at.increment(error)) ++count;
  return error ? std::nullopt : std::optional(count - 1);  // One descriptor belongs to this directory iterator.
}

}  // namespace

Figures process_figures(const std::string& proc, const std::string& root) {
  constexpr std::size_t kUserTime = 11, kSystemTime = 12, kThreads = 17, kStart = 19, kVirtual = 20, kResident = 21;  // Fields 14, 15, 20, 22, 23, 24.
  Figures all;
  const auto stat = fields_of_stat(read_all(proc + "/stat"));
  const auto field = [&stat](std::size_t index) { return index < stat.size() ? number_of(stat[index]) : std::nullopt; };
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto user = field(kUserTime), system = field(kSystemTime), start = field(kStart);
  if (user && system) all.push_back(count("process_cpu_seconds_total", "Processor time of this process in user and system mode, in seconds.", (*user + *system) / ticks));
  if (const auto boot = number_behind(read_all(root + "/stat"), "btime"); boot && start)
    all.push_back(gauge("process_start_time_seconds", "Start time of this process, in seconds since 1970-01-01 UTC.", *boot + *start / ticks));
  if (const auto octets = field(kVirtual)) all.push_back(gauge("process_virtual_memory_bytes", "Virtual address space of this process, in bytes.", *octets));
  if (const auto pages = field(kResident))
    all.push_back(gauge("process_resident_memory_bytes", "Resident memory of this process, in bytes.", *pages * static_cast<double>(sysconf(_SC_PAGESIZE))));
  if (const auto threads = field(kThreads)) all.push_back(gauge("process_threads", "Number of threads of this process.", *threads));
  if (const auto open = open_descriptors(proc)) all.push_back(gauge("process_open_fds", "Number of file descriptors that this process has open.", *open));
  if (const auto most = number_behind(read_all(proc + "/limits"), "Max open files"))
    all.push_back(gauge("process_max_fds", "Highest number of file descriptors that this process may have open.", *most));
  return all;
}

}  // namespace offhook::inline v0::agent
