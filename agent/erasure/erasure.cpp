#include <offhook/agent/erasure/erasure.hpp>

#include <offhook/agent/recordings/recording_name.hpp>
#include <offhook/agent/records/file_system.hpp>
#include <offhook/agent/records/journal_names.hpp>
#include <offhook/agent/records/listing.hpp>
#include <offhook/agent/records/record_reader.hpp>
#include <offhook/agent/transcripts/day_file_names.hpp>
#include <offhook/agent/transcripts/transcript_reader.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace offhook::inline v0::agent {

namespace {

using records::Erasing;

bool is_there(const std::string& folder) {
  std::error_code error;
  return !folder.empty() && std::filesystem::is_directory(folder, error);
}

base::Result<std::vector<std::string>, base::Error> names_in(const std::string& folder) {
  if (!is_there(folder)) return std::vector<std::string>{};
  auto names = records::posix_file_system().list(folder);
  if (!names) return base::fail(base::Error{"erase", names.error().value(), "cannot read " + folder + ": " + names.error().message()});
  return std::move(*names);
}

void remember(NamedCalls& calls, const std::string& id) {
  if (calls.ids.size() < NamedCalls::kMost && std::find(calls.ids.begin(), calls.ids.end(), id) == calls.ids.end()) calls.ids.push_back(id);
}

/// Gathers what was erased, and the first failure.
class Erasure {
 public:
  Erasure(const std::string& id, Erasing erasing) : id_(id), erasing_(erasing) {}

  /// JsonLine escapes each quotation mark of a peer, so that these characters are a member and its value.
  void records(const std::string& folder) {
    const std::string mark = "\"id\":\"" + id_ + "\"";
    for_names(folder, [&](const std::string& name) {
      if (!records::parse_journal_name(name) && !is_torn(name)) return;
      add(erased_.record_lines, folder + "/" + name, [&](std::string_view line) { return line.find(mark) != std::string_view::npos; });
    });
  }
  void transcripts(const std::string& folder) {
    const std::string mark = "\"call\":\"" + id_ + "\"", word = id_ + " ";
    for_names(folder, [&](const std::string& name) {
      const auto day = agent::transcripts::parse_day_file_name(name);
      if (!day) return;
      std::uint64_t copies = 0;  // The lines of the readable copy are the same lines.
      add(day->is_text ? copies : erased_.transcript_lines, folder + "/" + name, [&](std::string_view line) {
        return day->is_text ? line.size() > kTimeBytes && line.substr(kTimeBytes).starts_with(word) : line.find(mark) != std::string_view::npos;
      });
    });
  }
  void recordings(const std::string& folder) {
    for_names(folder, [&](const std::string& name) {
      const auto recording = agent::recordings::parse_recording_name(name);
      if (!recording || recording->call != id_) return;
      const std::string path = folder + "/" + name;
      if (erasing_ == Erasing::Overwrite) {
        auto& files = records::posix_file_system();
        auto removed = files.remove(path);
        if (removed) removed = files.sync_folder(folder);
        if (!removed) return fail({"erase", removed.error().value(), "cannot remove " + path + ": " + removed.error().message()});
      }
      erased_.recordings.push_back(path);
    });
  }
  [[nodiscard]] base::Result<ErasedCall, base::Error> take() {
    if (failure_) return base::fail(*failure_);
    return std::move(erased_);
  }

 private:
  static constexpr std::size_t kTimeBytes = 22;  // "2026-11-21 09:30:01Z  " of transcripts::readable()

  static bool is_torn(const std::string& name) { return name.starts_with("calls-") && name.ends_with(".torn"); }

  template <class Each>
  void for_names(const std::string& folder, Each each) {
    const auto names = names_in(folder);
    if (!names) return fail(names.error());
    for (const std::string& name : *names) each(name);
  }
  void add(std::uint64_t& to, const std::string& path, const std::function<bool(std::string_view)>& is_wanted) {
    const auto lines = records::erase_lines(path, erasing_, is_wanted);
    if (lines) to += *lines;
    else fail(lines.error());
  }
  void fail(base::Error error) {
    if (!failure_) failure_ = std::move(error);
  }

  const std::string& id_;
  const Erasing erasing_;
  ErasedCall erased_;
  std::optional<base::Error> failure_;
};

}  // namespace

base::Result<NamedCalls, base::Error> find_calls(const KeptFolders& folders, const std::string& name) {
  NamedCalls calls;
  if (is_there(folders.records)) {
    const auto read = records::read_calls(folders.records, [&](const records::StoredCall& call) {
      if (!records::is_named(call, name)) return;
      remember(calls, call.record.id);
      calls.is_up |= call.state == records::StoredCall::State::InProgress;
    });
    if (!read) return base::fail(read.error());
  }
  if (is_there(folders.transcripts)) {
    const auto read = transcripts::read_transcripts(folders.transcripts, [&](const transcripts::TranscriptLine& line, std::string_view) {
      if (transcripts::is_named(line, name)) remember(calls, line.call);
    });
    if (!read) return base::fail(read.error());
  }
  const auto recordings = names_in(folders.recordings);
  if (!recordings) return base::fail(recordings.error());
  for (const std::string& file : *recordings) {
    const auto recording = recordings::parse_recording_name(file);
    if (recording && name.size() >= records::kMinNameBytes && recording->call.starts_with(name)) remember(calls, recording->call);
  }
  return calls;
}

base::Result<ErasedCall, base::Error> erase_call(const KeptFolders& folders, const std::string& id, Erasing erasing) {
  Erasure erasure(id, erasing);
  erasure.transcripts(folders.transcripts);
  erasure.recordings(folders.recordings);
  erasure.records(folders.records);  // Last: they name the call for a second run.
  return erasure.take();
}

}  // namespace offhook::inline v0::agent
