#include <offhook/agent/store/folder.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <string>

using namespace offhook;
using namespace offhook::agent::store;

TEST_CASE("why_not_kept_in() accepts a folder that exists or can be made, and does not make the folder") {
  const test::Folder folder;
  CHECK_FALSE(why_not_kept_in(folder.path));
  CHECK_FALSE(why_not_kept_in(folder.path + "/a/b/c"));
  CHECK_FALSE(why_not_kept_in(folder.path + "/a/b/c/"));
  CHECK_FALSE(std::filesystem::exists(folder.path + "/a"));
}

TEST_CASE("If there is a file in the place of a folder, why_not_kept_in() names the file") {
  const test::Folder folder;
  folder.put("file", "x");
  const std::string file = folder.path + "/file";
  CHECK(why_not_kept_in(file) == file + " is not a folder");
  CHECK(why_not_kept_in(file + "/a/b") == file + " is not a folder");
}

TEST_CASE("why_not_kept_in() names a folder to which this user may not write, with the reason") {
  if (::geteuid() == 0) return offhook_test::skip("root may write to every folder");
  const test::Folder folder;
  const std::string closed = folder.path + "/closed";
  REQUIRE(::mkdir(closed.c_str(), 0500) == 0);
  CHECK(why_not_kept_in(closed) == closed + ": Permission denied");
  CHECK(why_not_kept_in(closed + "/a") == closed + ": Permission denied");
  REQUIRE(::chmod(closed.c_str(), 0) == 0);
  CHECK(why_not_kept_in(closed + "/a") == closed + "/a: Permission denied");
}

TEST_CASE("The error about an unusable folder names the folder and the remedy") {
  const test::Folder folder;
  folder.put("file", "");
  const auto usable = check_folder(posix_file_system(), folder.path + "/file", "records");
  REQUIRE_FALSE(usable);
  CHECK(usable.error().detail.find(folder.path + "/file") != std::string::npos);
  CHECK(usable.error().detail.find("choose another folder with /records/folder, or keep none: /records/folder \"off\"") != std::string::npos);
  // Only /records/folder accepts "off". In /recordings/folder it would be the name of a folder.
  const auto recordings = check_folder(posix_file_system(), folder.path + "/file", "recordings");
  REQUIRE_FALSE(recordings);
  CHECK(recordings.error().detail.find("choose another folder with /recordings/folder, or keep none: /recordings/enabled false") != std::string::npos);
  CHECK(recordings.error().detail.find("\"off\"") == std::string::npos);
  CHECK(check_folder(posix_file_system(), folder.path + "/new", "records"));
  CHECK(std::filesystem::is_empty(folder.path + "/new"));
}

TEST_CASE("The default folder follows the environment [XDG Base Directory Specification]") {
  const auto folder = [](std::map<std::string, std::string> set, bool is_root) {
    return default_folder("calls", [&set](const char* name) { return set[name]; }, is_root);
  };
  CHECK(folder({{"HOME", "/home/al"}}, false) == "/home/al/.local/state/offhook/calls");
  CHECK(folder({{"HOME", "/home/al"}, {"XDG_STATE_HOME", "/s"}}, false) == "/s/offhook/calls");
  CHECK(folder({{"HOME", "/home/al"}, {"XDG_STATE_HOME", "relative"}}, false) == "/home/al/.local/state/offhook/calls");
  CHECK(folder({{"HOME", "/root"}}, true) == "/var/lib/offhook/calls");
  CHECK(folder({{"HOME", "/root"}, {"STATE_DIRECTORY", "/var/lib/a:/var/lib/b"}}, true) == "/var/lib/a/calls");
  CHECK(folder({}, false) == "");
}
