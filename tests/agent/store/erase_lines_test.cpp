// Real files, in a temporary folder.
#include <offhook/agent/store/erase_lines.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/tests/testkit/folder.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace offhook;
using namespace offhook::agent::store;
using agent::kMaxLineBytes;

namespace {

const auto kWithB = [](std::string_view line) { return line.find('b') != std::string_view::npos; };

struct Erase : test::Folder {
  std::string file() const { return path + "/file"; }
};

}  // namespace

TEST_CASE_FIXTURE(Erase, "erase_lines() replaces matching lines by spaces of the same length, and keeps other lines and the length of the file") {
  put("file", "aaa\nabba\n\nccc\nb\n");
  CHECK(*erase_lines(file(), Erasing::Count, kWithB) == 2);
  CHECK(get("file") == "aaa\nabba\n\nccc\nb\n");
  CHECK(*erase_lines(file(), Erasing::Overwrite, kWithB) == 2);
  CHECK(get("file") == "aaa\n    \n\nccc\n \n");
  CHECK(*erase_lines(file(), Erasing::Overwrite, kWithB) == 0);
}

TEST_CASE_FIXTURE(Erase, "erase_lines() erases a last line without a line feed") {
  put("file", "aaa\nbbb");
  CHECK(*erase_lines(file(), Erasing::Overwrite, kWithB) == 1);
  CHECK(get("file") == "aaa\n   ");
}

TEST_CASE_FIXTURE(Erase, "erase_lines() erases lines of up to kMaxLineBytes, even if a line spans several reads, and leaves longer lines alone") {
  const std::string longest = std::string(kMaxLineBytes - 1, 'x') + "b", longer = "x" + longest;
  put("file", "ab\n" + longest + "\n" + longer + "\nb\n");
  CHECK(*erase_lines(file(), Erasing::Overwrite, kWithB) == 3);
  CHECK(get("file") == "  \n" + std::string(kMaxLineBytes, ' ') + "\n" + longer + "\n \n");
}

TEST_CASE_FIXTURE(Erase, "erase_lines() keeps a line that a writer appends at the same time") {
  put("file", "abc\n");
  const int writer = ::open(file().c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  REQUIRE(writer >= 0);
  bool appended = false;
  const auto erased = erase_lines(file(), Erasing::Overwrite, [&](std::string_view line) {
    if (!appended) REQUIRE(::write(writer, "later\n", 6) == 6);
    appended = true;
    return kWithB(line);
  });
  ::close(writer);
  CHECK(*erased == 1);
  CHECK(get("file") == "   \nlater\n");
}

TEST_CASE_FIXTURE(Erase, "If the writer removes a line by truncation while erase_lines() runs, the line does not come back as spaces") {
  put("file", "aaa\nbbb\n");
  const auto erased = erase_lines(file(), Erasing::Overwrite, [&](std::string_view line) {
    if (kWithB(line)) REQUIRE(::truncate(file().c_str(), 4) == 0);
    return kWithB(line);
  });
  CHECK(erased);
  CHECK(get("file") == "aaa\n");
}

TEST_CASE_FIXTURE(Erase, "For a missing file, erase_lines() returns 0. For a link, a folder or a pipe, it returns an error, which names the file") {
  CHECK(*erase_lines(file(), Erasing::Overwrite, kWithB) == 0);
  put("other", "b\n");
  REQUIRE(::symlink((path + "/other").c_str(), file().c_str()) == 0);
  const auto link = erase_lines(file(), Erasing::Overwrite, kWithB);
  REQUIRE(!link);
  CHECK(link.error().detail.starts_with("cannot erase lines of " + file() + ": "));
  CHECK(get("other") == "b\n");
  REQUIRE(::mkdir((path + "/folder").c_str(), 0700) == 0);
  CHECK(!erase_lines(path + "/folder", Erasing::Count, kWithB));
  REQUIRE(::mkfifo((path + "/pipe").c_str(), 0600) == 0);
  CHECK(!erase_lines(path + "/pipe", Erasing::Overwrite, kWithB));
}

TEST_CASE("is_erased() is true only for a line of one or more spaces") {
  CHECK(is_erased(" "));
  CHECK(is_erased("    "));
  CHECK(!is_erased(""));
  CHECK(!is_erased("  x"));
}
