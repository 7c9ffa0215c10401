@echo off
rem Sagatavo un palaiz datu lapas; mapi, kas uzvilkta uz šīs datnes, vispirms ielādē.
rem Prepares and starts the dashboards; a folder dropped on this file is loaded first.
chcp 65001 >nul
setlocal
set "GIVEN=%~1"
cd /d "%~dp0"
set "BIN=.venv\Scripts"

where py >nul 2>nul || goto no_python
py -3 -c "import sys" >nul 2>nul || goto no_python
py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" || goto old_python

rem Instalē pirmajā reizē un tad, kad mainījies saraksts · Installs the first time, and when the list has changed
fc /b requirements.lock .venv\installed.lock >nul 2>nul && goto ready
echo Sagatavo programmu. Vajadzīgs internets; tas var ilgt vairākas minūtes.
echo Preparing the program. It needs the internet and can take several minutes.
py -3 -m venv .venv || goto not_installed
%BIN%\python -m pip install --quiet uv || goto not_installed
%BIN%\uv pip install --quiet --python .venv --require-hashes -r requirements.lock || goto not_installed
%BIN%\uv pip install --quiet --python .venv --no-deps -e . || goto not_installed
copy /y requirements.lock .venv\installed.lock >nul || goto not_installed

:ready
if not defined GIVEN goto pages
echo Ielādē · Loading: "%GIVEN%"
%BIN%\pumpurs load "%GIVEN%" --workspace darbtelpa
echo.
echo Izlasiet augšējos teikumus: tajos ir teikts, vai dati ielādēti un kas jālabo.
echo Read the sentences above: they say whether the data are loaded and what to mend.
pause

:pages
echo Kamēr strādājat, šo logu neaizveriet. Lai beigtu, nospiediet Ctrl+C.
echo Keep this window open while you work. To stop, press Ctrl+C.
%BIN%\pumpurs dashboards --example --open
goto end

:no_python
echo Šajā datorā nav Python. Instalējiet Python 3.11 vai jaunāku un palaidiet šo datni vēlreiz.
echo There is no Python on this computer. Install Python 3.11 or newer and start this file again.
goto end

:old_python
echo Python šajā datorā ir par vecu. Instalējiet Python 3.11 vai jaunāku un palaidiet šo datni vēlreiz.
echo Python on this computer is too old. Install Python 3.11 or newer and start this file again.
goto end

:not_installed
echo Programmu neizdevās sagatavot; iemesls redzams augstāk. Pārbaudiet internetu un palaidiet šo datni vēlreiz.
echo The program could not be prepared; the reason stands above. Check the internet and start this file again.

:end
pause
