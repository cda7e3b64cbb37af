#pragma once

#include <doctest/doctest.h>

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace offhook::test {

/// A temporary folder. The destructor removes it and its contents.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "offhook-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(path + "/" + name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::string get(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(path + "/" + name, std::ios::binary).rdbuf();
    return out.str();
  }
  std::string path;
};

}  // namespace offhook::test
