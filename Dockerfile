# The gateway as a container: built ahead of time for the machine it will run on, run by a user without rights, on a read-only file system.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# Set by BuildKit: amd64 or arm64. An older builder leaves it empty, and builds for its own machine.
ARG TARGETARCH
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/AiGateway/AiGateway.csproj src/AiGateway/packages.lock.json src/AiGateway/
RUN dotnet restore src/AiGateway --arch ${TARGETARCH:-$(dpkg --print-architecture)} --locked-mode
COPY config/ config/
COPY src/AiGateway/ src/AiGateway/
RUN dotnet publish src/AiGateway --arch ${TARGETARCH:-$(dpkg --print-architecture)} --no-restore --configuration Release --output /app

# Not a chiseled image: SQL Server's driver needs ICU (docs/decisions/0014-cultures.md).
FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app ./
# The one place that is written to: the embedded database, and charges that the database did not take.
RUN mkdir /app/data && chown $APP_UID:$APP_UID /app/data
USER $APP_UID
VOLUME /app/data
EXPOSE 8080
ENV ASPNETCORE_HTTP_PORTS=8080 DOTNET_EnableDiagnostics=0
ENTRYPOINT ["dotnet", "AiGateway.dll"]
