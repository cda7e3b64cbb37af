#include <offhook/agent/transcripts/transcript_registry.hpp>
#include <offhook/agent/transcripts/transcript_reader.hpp>
#include <offhook/tests/testkit/folder.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::transcripts;
using namespace std::chrono_literals;

namespace {

TranscriptLine line(std::string call, std::string text = "x", std::string agent = "desk") {
  return {std::chrono::system_clock::now(), std::move(call), std::move(agent), Who::Caller, std::move(text), 1, false, "en", 0};
}

unsigned mode_of(const std::string& path) {
  struct stat about{};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return about.st_mode & 0777U;
}

std::vector<TranscriptLine> all(const std::string& folder) {
  std::vector<TranscriptLine> lines;
  REQUIRE(read_transcripts(folder, [&](const TranscriptLine& l, std::string_view) { lines.push_back(l); }));
  return lines;
}

}  // namespace

TEST_CASE("weight_of() counts the texts of a line, and group_of() returns the agent of the line") {
  CHECK(weight_of(line("1")) == sizeof(TranscriptLine) + 1 + 4 + 1 + 2);
  CHECK(group_of(line("1", "x", "sales")) == "sales");
}

TEST_CASE("The destructor writes all lines to the disk, readable only by the owner, and they are read back in order") {
  test::Folder folder;
  const std::string path = folder.path + "/state/transcripts";
  {
    TranscriptStore store(store::posix_file_system(), {{path, 16U << 20U, 30, true}, {}, 5s, 10min});
    for (int i = 0; i < 600; ++i) CHECK(store.add(line("call1", std::to_string(i))));
    CHECK(store.add(line("call2", "other", "sales")));
  }
  const auto lines = all(path);
  REQUIRE(lines.size() == 601);
  for (int i = 0; i < 600; ++i) CHECK(lines[static_cast<std::size_t>(i)].text == std::to_string(i));
  CHECK(mode_of(path) == 0700);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    CHECK(mode_of(entry.path()) == 0600);
    ++files;
  }
  CHECK(files == 5);  // A file of lines and a readable file for each of two agents, and the lock.
}

TEST_CASE("TranscriptStore removes old files when it is opened") {
  test::Folder folder;
  folder.put("transcripts-20200101-1-desk.jsonl", "x");
  folder.put("mine.txt", "x");
  { TranscriptStore store(store::posix_file_system(), {{folder.path, 16U << 20U, 30, false}, {}, 5s, 10min}); }
  CHECK_FALSE(std::filesystem::exists(folder.path + "/transcripts-20200101-1-desk.jsonl"));
  CHECK(std::filesystem::exists(folder.path + "/mine.txt"));
}

TEST_CASE("If the folder is not writable, the store gets the state Losing and loses only lines") {
  test::Folder folder;
  folder.put("file", "x");
  TranscriptStore store(store::posix_file_system(),
                        {{folder.path + "/file/transcripts", 16U << 20U, 30, false}, {2, SIZE_MAX}, 1ms, 10min});
  CHECK(store.add(line("1")));
  CHECK(store.add(line("1")));
  CHECK_FALSE(store.add(line("1")));
  CHECK(store.state() == TranscriptStore::State::Losing);
}

TEST_CASE("A disabled store returns no transcript and touches no disk") {
  test::Folder folder;
  TranscriptOptions options;
  options.folder = folder.path + "/transcripts";
  const auto store = TranscriptRegistry::open(options);
  REQUIRE(store);
  CHECK((*store)->begin({"call", "desk", "en"}) == nullptr);
  CHECK((*store)->redactor()->redacted("4711") == "[digits]");
  CHECK_FALSE(std::filesystem::exists(options.folder));
}

TEST_CASE("An enabled store writes redacted lines, and an agent may opt out") {
  test::Folder folder;
  TranscriptOptions options;
  options.enabled = true;
  options.folder = folder.path + "/transcripts";
  options.patterns = {"KD-##"};
  {
    auto store = TranscriptRegistry::open(options);
    REQUIRE(store);
    CHECK((*store)->begin({"call", "desk", "en"}, false) == nullptr);
    const auto transcript = (*store)->begin({"call", "desk", "en"});
    REQUIRE(transcript);
    transcript->on_action(CallerSaid{1, "I am KD-12, pin 4711", 1, false, false}, records::Moment::now());
  }
  const auto lines = all(options.folder);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].text == "I am [hidden], pin [digits]");
}

TEST_CASE("The store refuses an unusable pattern, or a folder that is not writable, with the setting's name") {
  TranscriptOptions options;
  options.patterns = {"*"};
  CHECK_FALSE(TranscriptRegistry::open(options));
  test::Folder folder;
  folder.put("file", "x");
  options = {};
  options.enabled = true;
  options.folder = folder.path + "/file/transcripts";
  const auto refused = TranscriptRegistry::open(options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().detail.find("/transcripts/folder") != std::string::npos);
}

TEST_CASE("Reading skips lines that are damaged, too long or unknown, and files that are links or pipes") {
  test::Folder folder;
  const std::string good = to_json(line("call1"));
  folder.put("transcripts-20241004-1-desk.jsonl",
             good + "{\"v\":1}\n" + std::string(600000, 'x') + "\n" + good + good.substr(0, 30));
  std::filesystem::create_symlink("/etc/hostname", folder.path + "/transcripts-20241005-1-desk.jsonl");
  REQUIRE(::mkfifo((folder.path + "/transcripts-20241006-1-desk.jsonl").c_str(), 0600) == 0);
  std::size_t seen = 0;
  const auto summary = read_transcripts(folder.path, [&](const TranscriptLine&, std::string_view raw) {
    CHECK(std::string(raw) + "\n" == good);
    ++seen;
  });
  REQUIRE(summary);
  CHECK(seen == 2);
  CHECK(summary->lines == 2);
  CHECK(summary->skipped == 2);
  CHECK(summary->unreadable == 2);
  CHECK_FALSE(read_transcripts(folder.path + "/nowhere", [](const TranscriptLine&, std::string_view) {}));
}

TEST_CASE("A list shows the newest calls, oldest first, and escapes control characters in names") {
  CallList list(2);
  const WallTime begin{1700000000s};
  for (int i = 0; i < 3; ++i) {
    TranscriptLine said = line("call" + std::to_string(i));
    said.time = begin + i * 1min;
    list.add(said);
    said.time += 83s;
    said.speaker = Who::Agent;
    said.agent = "a\x1b[2J";
    list.add(said);
  }
  auto calls = list.take();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].call == "call1");
  CHECK(calls[1].caller_lines == 1);
  CHECK(table_row(calls[1]).find("2023-11-14 22:15:20Z") != std::string::npos);
  CHECK(table_row(calls[1]).find("1:23") != std::string::npos);
  calls[1].agent = calls[1].call = calls[1].language = "x\x1b[2J\n";
  const std::string row = table_row(calls[1]);
  CHECK(row.find('\x1b') == std::string::npos);
  CHECK(row.find('\n') == row.size() - 1);
  CHECK(is_named(line("k3x9abc"), "k3x9"));
  CHECK_FALSE(is_named(line("k3x9abc"), "k3x"));
}
