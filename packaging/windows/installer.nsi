; The Windows installer, for one user and without administrator rights.
; makensis -DVERSION=0.1.0 -DFOLDER=path\of\the\portable\folder -DOUT=jam-flow-setup.exe packaging\windows\installer.nsi
Unicode true
ManifestDPIAware true
RequestExecutionLevel user
SetCompressor /SOLID lzma

Name "JAM-Flow"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\JAM-Flow"
InstallDirRegKey HKCU "Software\JAM-Flow" "Folder"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\JAM-Flow"

Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Section
  SetOutPath "$INSTDIR"
  File /r "${FOLDER}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\JAM-Flow.lnk" "$INSTDIR\jam-flow.exe"
  WriteRegStr HKCU "Software\JAM-Flow" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "JAM-Flow"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\jam-flow.exe"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

; Only what was installed: projects and settings of the user stay, and so does a folder that holds anything else.
Section "Uninstall"
  Delete "$INSTDIR\jam-flow.exe"
  Delete "$INSTDIR\uninstall.exe"
  Delete "$INSTDIR\*.md"
  Delete "$INSTDIR\LICENSE-*"
  Delete "$INSTDIR\THIRD-PARTY-LICENCES.txt"
  RMDir /r "$INSTDIR\models"
  RMDir /r "$INSTDIR\assets"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\JAM-Flow.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\JAM-Flow"
SectionEnd
